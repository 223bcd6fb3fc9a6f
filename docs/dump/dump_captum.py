import pyarrow as pa
from captum.attr import Saliency

def dump_captum(path, model, batches, target=0):
    """batches: (ids, sequences as text, one-hot tensor of (n, 4, L)) of any n; written to an Arrow IPC file."""
    schema = pa.schema({"id": pa.string(), "sequence": pa.string(), "attributions": pa.list_(pa.float32())})
    schema = schema.with_metadata({"attrstream.axes": "4L"})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for ids, sequences, one_hot in batches:
            maps = Saliency(model).attribute(one_hot, target=target, abs=False)  # abs=True, the default, loses the sign
            flat = maps.detach().cpu().float().flatten(1).numpy()
            writer.write_batch(pa.record_batch([ids, sequences, pa.array(list(flat))], schema=schema))
