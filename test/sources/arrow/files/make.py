"""Writes the files beside it. Values follow the formulas of expected.ts; made with pyarrow 26.0.1, polars 2.1.0, pandas 3.1.1, numpy.

    python make.py
"""
import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.ipc as ipc

HERE = pathlib.Path(__file__).parent
ROWS, LENGTH = 21, 5
BATCH = 8


def value(row, i):
    return ((row * 31 + i * 7) % 251 - 125) / 8


def values(n=ROWS, width=4 * LENGTH, dtype=np.float32):
    return np.array([[value(r, i) for i in range(width)] for r in range(n)], dtype=dtype)


def name(row):
    return f"sequence {row}" + " of a longer name" * (row % 3)


def names(n=ROWS):
    return [name(r) for r in range(n)]


def text(row):
    return None if row % 5 == 3 else name(row % 7)


def fsl(a):
    return pa.FixedSizeListArray.from_arrays(pa.array(a.reshape(-1)), a.shape[1])


def lists(a, kind=pa.ListArray):
    offsets = np.arange(len(a) + 1) * a.shape[1]
    integer = pa.int32() if kind is pa.ListArray else pa.int64()
    return kind.from_arrays(pa.array(offsets, integer), pa.array(a.reshape(-1)))


def nest(inner, outer):
    offsets = np.arange(len(inner) // outer + 1) * outer
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), inner)


def write(path, table, batch=BATCH, codec=None, stream=False, **options):
    opener = ipc.new_stream if stream else ipc.new_file
    with opener(HERE / path, table.schema, options=ipc.IpcWriteOptions(compression=codec, **options)) as writer:
        writer.write_table(table, max_chunksize=batch)


def shapes(n=ROWS):
    f = values(n)
    quads = f.reshape(-1, 4)
    columns = {
        "id": pa.array(names(n)),
        "list": lists(f),
        "large_list": lists(f, pa.LargeListArray),
        "fsl": fsl(f),
        "list_list": nest(lists(quads), LENGTH),
        "list_fsl": nest(fsl(quads), LENGTH),
        "fsl_fsl": pa.FixedSizeListArray.from_arrays(fsl(quads), LENGTH),
        "tensor": pa.FixedShapeTensorArray.from_numpy_ndarray(f.reshape(n, LENGTH, 4)),
    }
    for kind in (np.float16, np.float64):
        columns[f"list_{kind.__name__}"] = lists(values(n, dtype=kind))
        columns[f"fsl_{kind.__name__}"] = fsl(values(n, dtype=kind))
    for b, base in enumerate("acgt"):
        columns[base] = lists(np.ascontiguousarray(f[:, b::4]))
    return pa.table(columns).replace_schema_metadata({"axes": "L4", "model": "file"})


for codec in (None, "lz4", "zstd"):
    write(f"shapes-{codec or 'none'}.arrow", shapes(), codec=codec)
    write(f"shapes-{codec or 'none'}.arrows", shapes(), codec=codec, stream=True)
write("legacy.arrows", shapes().select(["id", "list"]), stream=True, use_legacy_format=True)
write("v4.arrow", shapes().select(["id", "list"]), metadata_version=ipc.MetadataVersion.V4)
write("slice.arrow", shapes(30).slice(4, ROWS))
write("many.arrows", shapes(120).select(["id", "list"]), batch=1, stream=True)
write("many.arrow", shapes(120).select(["id", "list"]), batch=1)

texts = [text(r) for r in range(ROWS)]
plain = pa.array(texts)
kinds = {
    "string": plain,
    "large_string": plain.cast(pa.large_string()),
    "string_view": plain.cast(pa.string_view()),
    "binary": plain.cast(pa.binary()),
    "large_binary": plain.cast(pa.large_binary()),
    "binary_view": plain.cast(pa.binary_view()),
}
for index in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"):
    kinds[f"dictionary_{index}"] = plain.dictionary_encode().cast(pa.dictionary(getattr(pa, index)(), pa.string()))
codes = pa.array([None if t is None else r % 7 for r, t in enumerate(texts)], pa.int32())
kinds["dictionary_large"] = pa.DictionaryArray.from_arrays(codes, pa.array(names(7), pa.large_string()))
kinds["dictionary_view"] = pa.DictionaryArray.from_arrays(codes, pa.array(names(7), pa.string_view()))
nulled = pa.array([7 if t is None else r % 7 for r, t in enumerate(texts)], pa.int32())
kinds["dictionary_null"] = pa.DictionaryArray.from_arrays(nulled, pa.array([*names(7), None]))
for codec in (None, "lz4", "zstd"):
    write(f"text-{codec or 'none'}.arrow", pa.table(kinds), codec=codec)
    write(f"text-{codec or 'none'}.arrows", pa.table(kinds), codec=codec, stream=True)

numbers = {}
for kind in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
    low = 125 if kind[0] == "i" else 0
    cells = [None if r % 4 == 1 else (r * 31) % 251 - low for r in range(ROWS)]
    numbers[kind] = pa.array(cells, kind)
    numbers[f"list_{kind}"] = pa.array([[(r * 31 + i * 7) % 251 - low for i in range(r % 4)] for r in range(ROWS)], pa.list_(getattr(pa, kind)()))
numbers["bool"] = pa.array([None if r % 4 == 1 else r % 3 == 0 for r in range(ROWS)])
numbers["list_bool"] = pa.array([[(r + i) % 3 == 0 for i in range(r % 4 * 5)] for r in range(ROWS)])
for kind in ("float32", "float64"):
    numbers[kind] = pa.array([None if r % 4 == 1 else value(r, 0) for r in range(ROWS)], kind)
numbers["float16"] = pa.array([None if r % 4 == 1 else np.float16(value(r, 0)) for r in range(ROWS)], pa.float16())
write("numbers.arrow", pa.table(numbers))
write("large-integers.arrow", pa.table({"fits": pa.array([2**53 - 1, -(2**53) + 1, None]), "beyond": pa.array([1, 2**53 + 1, 3])}))


def holes(row):
    """Rows 1, 5, 9 ... are null; of rows 2, 6, 10 ... item row % 3 is."""
    if row % 4 == 1:
        return None
    return [None if row % 4 == 2 and i == row % 3 else value(row, i) for i in range(4)]


def deep(row):
    cells = holes(row)
    if cells is None:
        return None
    return [None if row % 4 == 3 and k == 1 else cells for k in range(3)]


nulls = {
    "list": pa.array([holes(r) for r in range(ROWS)], pa.list_(pa.float32())),
    "fsl": pa.array([holes(r) for r in range(ROWS)], pa.list_(pa.float32(), 4)),
    "list_list": pa.array([deep(r) for r in range(ROWS)], pa.list_(pa.list_(pa.float64()))),
    "list_fsl": pa.array([deep(r) for r in range(ROWS)], pa.list_(pa.list_(pa.float32(), 4))),
    "fsl_fsl": pa.array([deep(r) for r in range(ROWS)], pa.list_(pa.list_(pa.float32(), 4), 3)),
}
write("nulls.arrow", pa.table(nulls), batch=ROWS)
write("nulls-slice.arrow", pa.table({k: pa.concat_arrays([v.slice(3), v.slice(0, 3)]) for k, v in nulls.items()}).slice(2, 13), batch=13, codec="lz4")

frame = pl.DataFrame({
    "id": names(),
    "list": pl.Series(values().tolist(), dtype=pl.List(pl.Float32)),
    "array": pl.Series(values().reshape(ROWS, LENGTH, 4), dtype=pl.Array(pl.Float32, (LENGTH, 4))),
    "category": pl.Series(texts, dtype=pl.Categorical),
})
for codec in ("uncompressed", "lz4", "zstd"):
    frame.write_ipc(HERE / f"polars-{codec}.arrow", compression=codec)
    frame.write_ipc_stream(HERE / f"polars-{codec}.arrows", compression=codec)
pd.DataFrame({"id": names(), "list": list(values())}).to_feather(HERE / "pandas.feather")

dictionary = pa.dictionary(pa.int8(), pa.string())
schema = pa.schema([("key", dictionary), ("row", pa.int32())])
cells = [names(3), names(5), names(5), ["other", "words", "other"]]
for path, stream, options in (
    ("replacement.arrows", True, {}),
    ("delta.arrows", True, {"emit_dictionary_deltas": True}),
    ("delta.arrow", False, {"emit_dictionary_deltas": True}),
):
    opener = ipc.new_stream if stream else ipc.new_file
    with opener(HERE / path, schema, options=ipc.IpcWriteOptions(**options)) as writer:
        for words in cells if path.startswith("rep") else cells[:3]:
            unique = list(dict.fromkeys(words))
            keys = pa.DictionaryArray.from_arrays(pa.array([unique.index(w) for w in words], pa.int8()), pa.array(unique))
            writer.write_batch(pa.record_batch([keys, pa.array(range(len(words)), pa.int32())], schema=schema))

runs = pa.RunEndEncodedArray.from_arrays(pa.array([10, ROWS], pa.int32()), pa.array([1.0, 2.0]))
others = {
    "null": pa.nulls(ROWS),
    "struct": pa.array([{"a": r, "b": name(r)} for r in range(ROWS)]),
    "map": pa.array([[(name(r), r)] for r in range(ROWS)], pa.map_(pa.string(), pa.int32())),
    "sparse": pa.UnionArray.from_sparse(pa.array([0] * ROWS, pa.int8()), [pa.array(range(ROWS)), plain]),
    "dense": pa.UnionArray.from_dense(pa.array([0] * ROWS, pa.int8()), pa.array(range(ROWS), pa.int32()), [pa.array(range(ROWS)), plain]),
    "decimal": pa.array(range(ROWS), pa.decimal128(10)),
    "timestamp": pa.array(range(ROWS), pa.timestamp("ms")),
    "duration": pa.array(range(ROWS), pa.duration("s")),
    "date": pa.array(range(ROWS), pa.date32()),
    "fixed_binary": pa.array([b"ACGT"] * ROWS, pa.binary(4)),
    "list_view": pa.array(values().tolist(), pa.list_view(pa.float32())),
    "large_list_view": pa.array(values().tolist(), pa.large_list_view(pa.float32())),
    "run_end_encoded": runs,
    "list_string": pa.array([[name(r)] for r in range(ROWS)]),
    "list_string_view": pa.array([[name(r)] for r in range(ROWS)], pa.list_(pa.string_view())),
    "dictionary_int": pa.array(range(ROWS)).dictionary_encode(),
    "id": pa.array(names(), pa.string_view()),
    "list": lists(values()),
}
write("other.arrow", pa.table(others))

permuted = pa.ExtensionArray.from_storage(pa.fixed_shape_tensor(pa.float32(), [4, LENGTH], permutation=[1, 0]), fsl(values()))
write("permuted.arrow", pa.table({"id": pa.array(names()), "tensor": permuted}))

empty = shapes().slice(0, 0)
write("no-rows.arrow", empty)
write("no-rows.arrows", empty, stream=True)
with ipc.new_stream(HERE / "empty-batches.arrows", shapes().schema) as writer:
    for part in (empty, shapes().slice(0, 10), empty, shapes().slice(10)):
        for batch in part.to_batches() or [shapes().to_batches()[0].slice(0, 0)]:
            writer.write_batch(batch)

ragged = pa.array([[value(r, i) for i in range(r % 11)] for r in range(300)], pa.list_(pa.float32()))
wide = pa.table({
    "id": pa.array([None if r % 5 == 3 else name(r) for r in range(300)]),
    "view": pa.array([None if r % 5 == 3 else name(r) for r in range(300)], pa.string_view()),
    "key": pa.array([None if r % 5 == 3 else name(r % 7) for r in range(300)]).dictionary_encode(),
    "ragged": ragged,
    "large": ragged.cast(pa.large_list(pa.float32())),
    "holes": pa.array([holes(r) for r in range(300)], pa.list_(pa.float32())),
    "fsl_holes": pa.array([holes(r) for r in range(300)], pa.list_(pa.float32(), 4)),
    "deep": pa.array([deep(r) for r in range(300)], pa.list_(pa.list_(pa.float32()))),
    "flags": pa.array([[(r + i) % 3 == 0 for i in range(r % 4 * 5)] for r in range(300)]),
    "count": pa.array([None if r % 4 == 1 else (r * 31) % 251 - 125 for r in range(300)], pa.int64()),
})
for codec in (None, "lz4"):
    write(f"one-batch-{codec or 'none'}.arrow", wide, batch=300, codec=codec)
    write(f"one-batch-{codec or 'none'}.arrows", wide, batch=300, codec=codec, stream=True)

field = pa.field("list", pa.list_(pa.float32()), metadata={"axes": "field", "unit": "logit"})
write("metadata.arrow", pa.table([lists(values())], schema=pa.schema([field], metadata={"axes": "file"})))
