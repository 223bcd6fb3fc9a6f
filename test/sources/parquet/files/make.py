"""Writes the files beside it: writer x codec x encoding x page version, the shapes all in one table.

    python make.py

Needs pyarrow, polars and duckdb. Values follow the formulas below, which formula.ts repeats; a new file needs no new
expectation. Files whose name starts with `by-hand` come from the few lines of a writer at the end, for forms that the
libraries no longer write.
"""

import struct
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

HERE = Path(__file__).parent
ROWS = 18
CODECS = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]


def number(i):
    """Exact in float16, too: ((7919 i mod 2003) - 1001) / 256, but -0 where i mod 101 is 5."""
    return -0.0 if i % 101 == 5 else ((7919 * i) % 2003 - 1001) / 256


def integer(i):
    return (7919 * i) % 128


def flag(i):
    return (7919 * i) % 3 == 0


def length(r):
    return 1 + (5 * r) % 7


def sequence(r):
    return "".join("ACGTN"[(3 * r + 7 * i + i * i) % 5] for i in range(length(r)))


def lists(width, value=number, per=None):
    """Row r has width * length(r) values, or `width` where that is all; values are counted through the column."""
    out, i = [], 0
    for r in range(ROWS):
        n = width * length(r) if per is None else width
        out.append([value(i + k) for k in range(n)])
        i += n
    return out


def nested(rows, inner):
    return [[row[k : k + inner] for k in range(0, len(row), inner)] for row in rows]


def table(half=True):
    f32, f64, f16 = pa.float32(), pa.float64(), pa.float16()
    columns = {
        "id": (pa.string(), [f"seq{r}" for r in range(ROWS)]),
        "sequence": (pa.string(), [sequence(r) for r in range(ROWS)]),
        "bytes": (pa.binary(), [sequence(r).encode() for r in range(ROWS)]),
        "fixed_bytes": (pa.binary(8), [f"{r:08d}".encode() for r in range(ROWS)]),
        "model": (pa.string(), [f"model{r % 2}" for r in range(ROWS)]),
        "list_f32": (pa.list_(f32), lists(4)),
        "list_f64": (pa.list_(f64), lists(4)),
        "list_i8": (pa.list_(pa.int8()), lists(4, integer)),
        "list_u16": (pa.list_(pa.uint16()), lists(1, integer)),
        "list_i64": (pa.list_(pa.int64()), lists(1, integer)),
        "list_bool": (pa.list_(pa.bool_()), lists(4, flag)),
        "nested_f32": (pa.list_(pa.list_(f32)), nested(lists(4), 4)),
        "nested_bool": (pa.list_(pa.list_(pa.bool_())), nested(lists(4, flag), 4)),
        "list_fsl4": (pa.list_(pa.list_(f32, 4)), nested(lists(4), 4)),
        "fsl_f32": (pa.list_(f32, 12), lists(12, per=1)),
        "fsl_fsl4": (pa.list_(pa.list_(pa.int8(), 4), 3), nested(lists(12, integer, per=1), 4)),
        "a": (pa.list_(f32), lists(1)),
        "i8": (pa.int8(), [integer(r) - 64 for r in range(ROWS)]),
        "u8": (pa.uint8(), [integer(r) + 128 for r in range(ROWS)]),
        "i16": (pa.int16(), [-250 * integer(r) for r in range(ROWS)]),
        "u16": (pa.uint16(), [500 * integer(r) for r in range(ROWS)]),
        "i32": (pa.int32(), [-(10**7) * integer(r) for r in range(ROWS)]),
        "u32": (pa.uint32(), [3 * 10**7 * integer(r) for r in range(ROWS)]),
        "i64": (pa.int64(), [-(10**13) * integer(r) for r in range(ROWS)]),
        "u64": (pa.uint64(), [10**13 * integer(r) for r in range(ROWS)]),
        "f32": (f32, [number(r) for r in range(ROWS)]),
        "f64": (f64, [number(r) for r in range(ROWS)]),
        "bool": (pa.bool_(), [flag(r) for r in range(ROWS)]),
        "struct": (pa.struct([("x", f32)]), [{"x": 1.0}] * ROWS),
        "list_text": (pa.list_(pa.string()), [["x"]] * ROWS),
        "deep": (pa.list_(pa.list_(pa.list_(f32))), [[[[1.0]]]] * ROWS),
    }
    if half:
        columns["list_f16"] = (pa.list_(f16), lists(4))
        columns["f16"] = (f16, [number(r) for r in range(ROWS)])
    return pa.table({name: pa.array(values, type=kind) for name, (kind, values) in columns.items()})


def holes():
    """By r mod 6: 1 a null row, 2 an empty list, 3 a null in it, 4 (of nested ones) a null list in it, 5 an empty one."""

    def row(r, values):
        return {1: None, 2: [], 3: [values[0], None, *values[2:]]}.get(r % 6, values)

    def deep(r, values, empty=True):
        if r % 6 == 3:
            return [values[0], [values[1][0], None, *values[1][2:]], *values[2:]]
        return {1: None, 2: [], 4: [values[0], None], 5: [[], values[1]] if empty else values}.get(r % 6, values)

    def fixed(r, values):
        return None if r % 6 == 1 else [values[0], None, *values[2:]] if r % 6 == 3 else values

    def fixed_deep(r, values):
        if r % 6 == 3:
            return [values[0], [None, *values[1][1:]], values[2]]
        return {1: None, 4: [values[0], None, values[2]]}.get(r % 6, values)

    f32 = pa.float32()
    flat, square = lists(8, per=1), nested(lists(12, per=1), 4)
    columns = {
        "id": (pa.string(), [None if r % 6 == 1 else f"seq{r}" for r in range(ROWS)]),
        "f32": (f32, [None if r % 6 == 1 else number(r) for r in range(ROWS)]),
        "bool": (pa.bool_(), [None if r % 6 == 1 else flag(r) for r in range(ROWS)]),
        "list_f32": (pa.list_(f32), [row(r, flat[r]) for r in range(ROWS)]),
        "nested_f32": (pa.list_(pa.list_(f32)), [deep(r, square[r]) for r in range(ROWS)]),
        "list_fsl4": (pa.list_(pa.list_(f32, 4)), [deep(r, square[r], empty=False) for r in range(ROWS)]),
        "fsl_f32": (pa.list_(f32, 8), [fixed(r, flat[r]) for r in range(ROWS)]),
        "fsl_fsl4": (pa.list_(pa.list_(f32, 4), 3), [fixed_deep(r, square[r]) for r in range(ROWS)]),
    }
    return pa.table({name: pa.array(values, type=kind) for name, (kind, values) in columns.items()})


def write(name, data, **options):
    pq.write_table(data, HERE / f"{name}.parquet", **{"row_group_size": 11, **options})


def matrix():
    full = table()
    for codec in CODECS:
        for version in ("1.0", "2.0"):
            for dictionary in (True, False):
                name = f"pyarrow-{codec}-v{version[0]}-{'dictionary' if dictionary else 'plain'}"
                write(name, full, compression=codec, data_page_version=version, use_dictionary=dictionary)
        plain = {"compression": "uncompressed" if codec == "none" else codec}
        pl.from_arrow(table(half=False)).write_parquet(HERE / f"polars-{codec}.parquet", row_group_size=11, **plain)
        for version in ("V1", "V2"):
            copy_duckdb(f"duckdb-{codec}-{version.lower()}", table(half=False), codec, version)
    write("pyarrow-checksums", full, write_page_checksum=True, version="1.0")
    write("pyarrow-small-pages", full, data_page_size=32, write_batch_size=2, dictionary_pagesize_limit=64)
    for version in ("1.0", "2.0"):
        write(f"pyarrow-nulls-v{version[0]}", holes(), data_page_version=version, data_page_size=64, write_batch_size=4)
    pl.from_arrow(holes()).write_parquet(HERE / "polars-nulls.parquet")
    # Its null arrays go on with values that are not there, which no reader takes; those columns are left out.
    copy_duckdb("duckdb-nulls", holes().drop(["list_fsl4", "fsl_f32", "fsl_fsl4"]), "zstd", "V2")


def copy_duckdb(name, data, codec, version):
    connection = duckdb.connect()
    connection.register("data", data)
    codec = {"none": "uncompressed", "lz4": "lz4_raw"}.get(codec, codec)
    path = HERE / f"{name}.parquet"
    connection.sql("select * from data").create("t")
    connection.sql(f"copy t to '{path}' (format parquet, codec '{codec}', parquet_version {version})")


def encodings():
    full = table()
    split = {"list_f32.list.element", "list_f64.list.element", "list_f16.list.element", "list_i64.list.element",
             "f32", "f64", "f16", "i32", "i64", "fixed_bytes", "fsl_f32.list.element"}
    delta = {"i8", "u16", "i32", "u32", "i64", "u64", "list_i8.list.element", "list_i64.list.element"}
    texts = {"id": "DELTA_BYTE_ARRAY", "sequence": "DELTA_LENGTH_BYTE_ARRAY", "bytes": "DELTA_BYTE_ARRAY",
             "fixed_bytes": "DELTA_BYTE_ARRAY", "f16": "DELTA_BYTE_ARRAY", "bool": "RLE",
             "list_bool.list.element": "RLE"}
    for version in ("1.0", "2.0"):
        options = {"use_dictionary": False, "data_page_version": version}
        write(f"pyarrow-split-v{version[0]}", full, column_encoding=dict.fromkeys(split, "BYTE_STREAM_SPLIT"), **options)
        columns = {**dict.fromkeys(delta, "DELTA_BINARY_PACKED"), **texts}
        write(f"pyarrow-delta-v{version[0]}", full, column_encoding=columns, **options)


def pages():
    """One row group of many small pages, with an index of them and without, to start reading anywhere in."""
    rows = 40
    i, columns = 0, {"id": [], "sequence": [], "list_f32": [], "nested_f32": [], "holes": []}
    for r in range(rows):
        values = [number(i + k) for k in range(4 * length(r))]
        i += len(values)
        columns["id"].append(f"seq{r}")
        columns["sequence"].append(sequence(r))
        columns["list_f32"].append(values)
        columns["nested_f32"].append([values[k : k + 4] for k in range(0, len(values), 4)])
        columns["holes"].append({1: None, 2: [], 3: [None, *values[1:]]}.get(r % 6, values))
    f32 = pa.float32()
    kinds = [pa.string(), pa.string(), pa.list_(f32), pa.list_(pa.list_(f32)), pa.list_(f32)]
    data = pa.table({name: pa.array(v, type=kind) for (name, v), kind in zip(columns.items(), kinds)})
    small = {"row_group_size": rows, "data_page_size": 48, "write_batch_size": 3}
    for version in ("1.0", "2.0"):
        for index in (True, False):
            for dictionary in (True, False):
                name = f"pages-v{version[0]}{'-index' if index else ''}{'-dictionary' if dictionary else ''}"
                write(name, data, data_page_version=version, write_page_index=index, use_dictionary=dictionary, **small)


def others():
    """Single features."""
    tensor = pa.FixedShapeTensorArray.from_storage(
        pa.fixed_shape_tensor(pa.float32(), (3, 4)), pa.array(lists(12, per=1), type=pa.list_(pa.float32(), 12)))
    swapped = pa.ExtensionArray.from_storage(
        pa.fixed_shape_tensor(pa.float32(), (3, 4), permutation=[1, 0]),
        pa.array(lists(12, per=1), type=pa.list_(pa.float32(), 12)))
    data = pa.table({"tensor": tensor, "swapped": swapped})
    field = data.schema.field("tensor").with_metadata({"axes": "length,base"})
    schema = pa.schema([field, data.schema.field("swapped")], metadata={"model": "cnn", "window": "200"})
    write("pyarrow-tensor", data.cast(schema))
    write("pyarrow-no-rows", table().slice(0, 0))
    big = pa.table({"big": pa.array([2**53 + 1], pa.int64()), "small": pa.array([2**53 - 1], pa.int64()),
                    "low": pa.array([-(2**53) + 1], pa.int64())})
    write("pyarrow-big-integers", big)
    one = pa.table({"id": ["x"], "secret": ["y"]})
    encrypt("encrypted-footer", one, plaintext_footer=False)
    encrypt("encrypted-column", one, plaintext_footer=True)


class Kms(pe.KmsClient):
    def wrap_key(self, key_bytes, master_key_identifier):
        return key_bytes

    def unwrap_key(self, wrapped_key, master_key_identifier):
        return wrapped_key


def encrypt(name, data, plaintext_footer):
    settings = pe.EncryptionConfiguration(footer_key="f", column_keys={"c": ["secret"]},
                                          plaintext_footer=plaintext_footer, double_wrapping=False)
    properties = pe.CryptoFactory(lambda config: Kms()).file_encryption_properties(pe.KmsConnectionConfig(), settings)
    with pq.ParquetWriter(HERE / f"{name}.parquet", data.schema, encryption_properties=properties) as writer:
        writer.write_table(data)


# A writer in Thrift's compact protocol, of one column of floats.


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def thrift(fields):
    """A struct of (id, value): int is i32, ("i64", n), str, list of int / str / bytes (structs), bytes a struct."""
    out, last = b"", 0
    for field, value in fields:
        kind, data = encode(value)
        out += bytes([(field - last) << 4 | kind]) + data
        last = field
    return out + b"\0"


def encode(value):
    if isinstance(value, tuple):
        return 6, varint(value[1] << 1)
    if isinstance(value, int):
        return 5, varint(value << 1)
    if isinstance(value, str):
        return 8, varint(len(value)) + value.encode()
    if isinstance(value, list):
        kind = encode(value[0])[0]
        return 9, bytes([len(value) << 4 | kind]) + b"".join(encode(v)[1] for v in value)
    return 12, value


def by_hand(name, schema, path, levels, page_sizes, codec=0, pack=lambda b: b, two_levels=True):
    """Rows of `levels` = [(repetition, definition or None)], cut into pages of the sizes given wherever that falls."""
    body, at, value = b"PAR1", 0, 0
    for size in page_sizes:
        page = levels[at : at + size]
        at += size
        data = b""
        for level in (0, 1):
            packed = b"".join(varint(1 << 1) + bytes([entry[level]]) for entry in page)
            data += struct.pack("<I", len(packed)) + packed
        count = sum(entry[1] == 1 for entry in page)
        data += b"".join(struct.pack("<f", number(value + k)) for k in range(count))
        value += count
        squeezed = pack(data)
        head = thrift([(1, size), (2, 0), (3, 3), (4, 3)])
        body += thrift([(1, 0), (2, len(data)), (3, len(squeezed)), (5, head)]) + squeezed
    rows = sum(entry[0] == 0 for entry in levels)
    size = len(body) - 4
    column = thrift([(1, 4), (2, [0]), (3, path), (4, codec), (5, ("i64", len(levels))),
                     (6, ("i64", size)), (7, ("i64", size)), (9, ("i64", 4))])
    group = thrift([(1, [thrift([(2, ("i64", 4)), (3, column)])]), (2, ("i64", size)), (3, ("i64", rows))])
    footer = thrift([(1, 1), (2, schema), (3, ("i64", rows)), (4, [group])])
    (HERE / f"{name}.parquet").write_bytes(body + footer + struct.pack("<I", len(footer)) + b"PAR1")


def hand_made():
    root = thrift([(4, "schema"), (5, 1)])
    three = [root, thrift([(3, 0), (4, "list_f32"), (5, 1), (6, 3)]), thrift([(3, 2), (4, "list"), (5, 1)]),
             thrift([(1, 4), (3, 0), (4, "element")])]
    two = [root, thrift([(3, 0), (4, "list_f32"), (5, 1), (6, 3)]), thrift([(1, 4), (3, 2), (4, "element")])]
    bare = [root, thrift([(1, 4), (3, 2), (4, "list_f32")])]
    levels = [(0 if k == 0 else 1, 1) for r in range(ROWS) for k in range(4 * length(r))]
    pages = [5] * (len(levels) // 5) + ([len(levels) % 5] if len(levels) % 5 else [])
    by_hand("by-hand-three-levels-rows-across-pages", three, ["list_f32", "list", "element"], levels, pages)
    by_hand("by-hand-two-levels", two, ["list_f32", "element"], levels, [len(levels)])
    by_hand("by-hand-repeated", bare, ["list_f32"], levels, [len(levels)])

    def hadoop(data):
        packed = pa.Codec("lz4_raw").compress(data).to_pybytes()
        return struct.pack(">II", len(data), len(packed)) + packed

    by_hand("by-hand-lz4-hadoop", three, ["list_f32", "list", "element"], levels, pages, 5, hadoop)
    by_hand("by-hand-lzo", three, ["list_f32", "list", "element"], levels, pages, 3)


if __name__ == "__main__":
    for old in HERE.glob("*.parquet"):
        old.unlink()
    matrix()
    encodings()
    pages()
    others()
    hand_made()
    print(sum(path.stat().st_size for path in HERE.glob("*.parquet")))
