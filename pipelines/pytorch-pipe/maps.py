"""Attribution maps of a PyTorch model, written to a pipe while they are made: no dump on a disk.

    python maps.py model.pt sequences.fa | attrstream score - --model resnet
"""

import sys

import numpy as np
import pyarrow as pa

SCHEMA = pa.schema(
    {"id": pa.string(), "sequence": pa.string(), "attributions": pa.list_(pa.float32())},
    metadata={"attrstream.axes": "4L"},
)
LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)


def write_maps(batches, out):
    """batches: (ids, one-hot (n, 4, L), maps (n, 4, L)), written as an Arrow stream: each as soon as it is there.

    Writing waits while attrstream is busy, so that memory does not grow; where it has ended, so does this.
    """
    with pa.ipc.new_stream(out, SCHEMA) as writer:
        for ids, one_hot, maps in batches:
            sequences = ["".join(map(chr, LETTERS[row.argmax(0)])) for row in one_hot]
            flat = np.asarray(maps, dtype=np.float32).reshape(len(ids), -1)
            writer.write_batch(pa.record_batch([pa.array(ids), pa.array(sequences), pa.array(list(flat))], schema=SCHEMA))


def saliency(model, batches, target=0):
    """Gradients of one output with respect to one-hot sequences; batches: (ids, one-hot tensor of (n, 4, L))."""
    import torch

    for ids, one_hot in batches:
        x = one_hot.clone().float().requires_grad_()
        (maps,) = torch.autograd.grad(model(x)[:, target].sum(), x)
        yield ids, one_hot.cpu().numpy(), maps.detach().cpu().numpy()


def read_fasta(path, batch=64):
    """(ids, one-hot tensor) of sequences of one length, of A, C, G and T."""
    import torch

    entries = open(path).read().split(">")[1:]
    records = [(head.split()[0], "".join(lines).upper()) for head, *lines in (entry.split("\n") for entry in entries)]
    for start in range(0, len(records), batch):
        part = records[start : start + batch]
        codes = np.stack([np.frombuffer(text.encode(), dtype=np.uint8) for _, text in part])
        yield [name for name, _ in part], torch.tensor((codes[:, None, :] == LETTERS[None, :, None]).astype("float32"))


if __name__ == "__main__":
    import torch

    model = torch.load(sys.argv[1], weights_only=False).eval()
    write_maps(saliency(model, read_fasta(sys.argv[2])), sys.stdout.buffer)
