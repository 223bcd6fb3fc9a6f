import pyarrow as pa
import tensorflow as tf

def dump_tensorflow(path, model, batches, target=0):
    """batches: (ids, sequences as text, one-hot array of (n, L, 4)) of any n; written to an Arrow IPC file."""
    schema = pa.schema({"id": pa.string(), "sequence": pa.string(), "attributions": pa.list_(pa.float32())})
    schema = schema.with_metadata({"attrstream.axes": "L4"})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for ids, sequences, one_hot in batches:
            x = tf.convert_to_tensor(one_hot, dtype=tf.float32)
            with tf.GradientTape() as tape:
                tape.watch(x)
                output = model(x, training=False)[:, target]
            flat = tape.gradient(output, x).numpy().reshape(len(ids), -1)
            writer.write_batch(pa.record_batch([ids, sequences, pa.array(list(flat))], schema=schema))
