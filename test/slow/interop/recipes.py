"""Runs the blocks of docs/dumping.md with the libraries that they name, on small stand-in models.

    python test/slow/interop/recipes.py [captum] [tangermeme] [crested] [bpnet-lite] [chrombpnet] [tensorflow] [writer]

Needs the package attrstream. By default those blocks run whose libraries are installed, and what does not run is said. The
scores are compared with data-samples/expected.py, on maps that were taken without the block where gradients can be.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "data-samples"))
import expected

import attrstream

RECORDS, LENGTH, BATCH = 96, 120, 32


def block(word):
    """The only block of the guide that has this word."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/dumping.md").read_text(), re.M | re.S)
    (found,) = [text for text in blocks if word in text]
    return found


def run_block(word, **names):
    """What the block's names are once it has run."""
    exec(compile(block(word), f"docs/dumping.md: {word}", "exec"), names)
    return names


def sequences(length=LENGTH, records=RECORDS):
    """Random sequences, half of them with a motif, as text and as one-hot (n, 4, L)."""
    random = np.random.default_rng(1)
    codes = random.integers(0, 4, (records, length))
    codes[::2, 50:58] = [3, 2, 0, 1, 2, 3, 1, 0]
    texts = ["".join("ACGT"[code] for code in row) for row in codes]
    return texts, np.eye(4, dtype=np.float32)[codes].transpose(0, 2, 1)


def torch_model():
    """Without layers that a rule of DeepLIFT does not know."""
    import torch

    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv1d(4, 16, 9, padding=4),
        torch.nn.ReLU(),
        torch.nn.MaxPool1d(LENGTH // 8),
        torch.nn.Flatten(),
        torch.nn.Linear(128, 1),
    ).eval()


def torch_gradients(model, one_hot):
    import torch

    x = torch.tensor(one_hot, requires_grad=True)
    model(x).sum().backward()
    return x.grad.numpy().transpose(0, 2, 1)


def keras_model():
    import tensorflow as tf

    tf.keras.utils.set_random_seed(0)
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [
            tf.keras.Input((LENGTH, 4)),
            layers.Conv1D(16, 9, padding="same", activation="relu"),
            layers.MaxPool1D(LENGTH // 8),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def run_captum():
    import torch

    texts, one_hot = sequences()
    model = torch_model()
    scores = run_block("one_hot.split(64)", model=model, one_hot=torch.tensor(one_hot, requires_grad=True))["scores"]
    verify(scores, torch_gradients(model, one_hot), texts)


def run_writer():
    import torch

    texts, one_hot = sequences()
    model = torch_model()
    maps = torch_gradients(model, one_hot)
    ids = [str(row) for row in range(RECORDS)]
    starts = [slice(at, at + BATCH) for at in range(0, RECORDS, BATCH)]
    run_block("attrstream.Writer", model=model, batches=[(ids[rows], torch.tensor(one_hot[rows])) for rows in starts])
    verify(attrstream.score("maps.parquet"), maps, texts)
    dump = run_block("def dump(")["dump"]
    for axes, of_block in (("L4", maps), ("4L", maps.transpose(0, 2, 1))):
        dump("dump.arrow", [(ids[rows], texts[rows], of_block[rows]) for rows in starts], axes)
        verify(attrstream.score("dump.arrow"), maps, texts)


def run_tangermeme():
    import torch

    texts, one_hot = sequences()
    names = run_block("import deep_lift_shap", model=torch_model(), one_hot=torch.tensor(one_hot))
    verify(names["scores"], names["maps"].numpy().transpose(0, 2, 1), texts)


def run_crested():
    texts, one_hot = sequences()
    names = run_block("import crested", model=keras_model(), sequences=texts)
    np.testing.assert_array_equal(names["one_hot"], one_hot.transpose(0, 2, 1))
    verify(names["scores"], names["maps"][:, 0], texts)


def run_tensorflow():
    import tensorflow as tf

    texts, one_hot = sequences()
    model = keras_model()
    x = tf.convert_to_tensor(one_hot.transpose(0, 2, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = tf.reduce_sum(model(x))
    verify(run_block("def saliency", model=model, one_hot=x)["scores"], tape.gradient(output, x).numpy(), texts)


def run_bpnet_lite():
    import torch
    from bpnetlite.bpnet import BPNet

    texts, _ = sequences(2114, 24)
    torch.manual_seed(0)
    torch.save(BPNet(n_filters=8, n_layers=2, n_outputs=1, n_control_tracks=0), "bpnet.torch")
    Path("genome.fa").write_text("".join(f">chr{at}\n{text}\n" for at, text in enumerate(texts)))
    Path("loci.bed").write_text("".join(f"chr{at}\t0\t2114\n" for at in range(len(texts))))
    given = {"model": "bpnet.torch", "sequences": "genome.fa", "loci": "loci.bed", "device": "cpu"}
    Path("attribute.json").write_text(json.dumps({**given, "chroms": [f"chr{at}" for at in range(len(texts))]}))
    program = Path(sys.executable).with_name("bpnet")
    subprocess.run([sys.executable, program, "attribute", "-p", "attribute.json"], check=True)
    maps = np.load("attributions.attr.npz")["arr_0"].transpose(0, 2, 1)
    verify(run_block("attributions.attr.npz")["scores"], maps, texts)


def run_chrombpnet():
    """Files with the layout and the compression of ChromBPNet's, which wants TensorFlow 2.8 and cannot be installed."""
    import h5py
    import hdf5plugin

    texts, one_hot = sequences()
    random = np.random.default_rng(2)
    folds = {}
    for fold in range(2):
        maps = random.normal(size=one_hot.shape).astype("float16")
        with h5py.File(f"fold_{fold}.counts_scores.h5", "w") as file:
            for name, array in (("raw", one_hot.astype("int8")), ("shap", maps), ("projected_shap", maps * one_hot)):
                array = array.astype("int8" if name == "raw" else "float16")
                file.create_group(name).create_dataset("seq", data=array, **hdf5plugin.Blosc(cname="blosclz"))
        folds[f"fold_{fold}"] = maps.astype("float32").transpose(0, 2, 1)
    scores = run_block("counts_scores.h5")["scores"]
    assert list(scores) == list(folds)
    for name, maps in folds.items():
        verify({name: scores[name]}, maps, texts)


def verify(scores, maps, texts):
    """The scores against the reference, of maps (n, L, 4) of one model."""
    ((_, found),) = scores.items()
    found = found.details
    codes = [expected.codes_of(text) for text in texts]
    counts, runs = expected.attributed_kmers(maps, codes)
    groups = [expected.group_of(str(row)) for row in range(len(maps))]
    angular = expected.angular(maps, groups, **expected.CONVENTIONS["paper"])
    # The gradients of one big batch and of several small ones may differ in the last bits of float32.
    assert found["records"] == len(maps) and found["positions"] == maps.shape[0] * maps.shape[1]
    assert found["projected_maps"] == 0 and found["dead_maps"] == 0
    assert abs(found["kmer"]["attributed_kmers"] - counts.sum()) <= 2
    assert abs(found["angular"]["points"] - angular["points"]) <= 2
    assert np.isclose(found["kmer"]["kld_nats"], expected.kld(counts, expected.count_kmers(codes, 6)), rtol=1e-2)
    assert np.isclose(found["angular"]["kld_nats"], angular["kld_nats"], rtol=1e-3)
    print(f"  k-mer {found['kmer']['kld_nats']:.4f}, angular {found['angular']['kld_nats']:.4f} nats, as expected")


RECIPES = {
    "captum": (run_captum, ["torch", "captum"]),
    "tangermeme": (run_tangermeme, ["torch", "tangermeme"]),
    "crested": (run_crested, ["crested", "tensorflow"]),
    "bpnet-lite": (run_bpnet_lite, ["bpnetlite"]),
    "chrombpnet": (run_chrombpnet, ["h5py", "hdf5plugin"]),
    "tensorflow": (run_tensorflow, ["tensorflow"]),
    "writer": (run_writer, ["torch", "captum"]),
}


def main():
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    wanted = sys.argv[1:] or list(RECIPES)
    left_out = []
    for name in wanted:
        recipe, needs = RECIPES[name]
        missing = [module for module in needs if importlib.util.find_spec(module) is None]
        if missing:
            print(f"SKIPPED: {name}: {' and '.join(missing)} not installed")
            left_out.append(name)
            continue
        print(name, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            recipe()
            os.chdir(ROOT)
    if sys.argv[1:] and left_out:
        sys.exit(f"asked for and not run: {', '.join(left_out)}")


if __name__ == "__main__":
    main()
