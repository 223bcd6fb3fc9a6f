import pyarrow as pa
import pyarrow.parquet as parquet
from tangermeme.deep_lift_shap import deep_lift_shap

def dump_tangermeme(path, model, batches, target=0):
    """batches: (ids, sequences as text, one-hot tensor of (n, 4, L)) of any n; written to a Parquet file."""
    schema = pa.schema({"id": pa.string(), "sequence": pa.string(), "attributions": pa.list_(pa.float32())})
    schema = schema.with_metadata({"attrstream.axes": "4L"})
    with parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:
        for ids, sequences, one_hot in batches:
            # hypothetical=False, the default, leaves one channel of four: a projected map, which scores differently
            maps = deep_lift_shap(model, one_hot, target=target, hypothetical=True, random_state=0)
            flat = maps.detach().cpu().float().flatten(1).numpy()
            writer.write_batch(pa.record_batch([ids, sequences, pa.array(list(flat))], schema=schema))
