"""Files of maps by other writers, in each of their options and shapes, through inspect, score and convert.

    python test/slow/interop/writers.py

Needs numpy, pyarrow, pandas, polars and duckdb, and the compiled command line (npm run build); h5py, hdf5plugin and fastparquet
where they are installed. The maps are exact in float16, so that every file holds the same numbers: converted to float64 they must
be equal, and every file must have the same scores.
"""

import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.parquet as parquet

ROOT = Path(__file__).resolve().parents[3]
MAIN = ["node", str(ROOT / "dist/cli/main.js")]
RECORDS, LENGTH = 150, 60
FLAT = ("--axes", "L4")


def optional(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"SKIPPED: {name} is not installed")
        return None


h5py = optional("h5py")
hdf5plugin = optional("hdf5plugin") if h5py else None
fastparquet = optional("fastparquet")
print("SKIPPED: bpnet-lite is not installed; its files, and those of tangermeme, are written here as their code writes them")


def make_maps():
    """Maps (N, L, 4) of multiples of 1/64 below 8, with stretches that stand out, and sequences as codes (N, L)."""
    random = np.random.default_rng(7)
    maps = random.integers(-64, 65, (RECORDS, LENGTH, 4)) / 64
    for row in range(RECORDS):
        start = random.integers(0, LENGTH - 12)
        maps[row, start : start + 10] *= 6
    codes = random.integers(0, 4, (RECORDS, LENGTH))
    return maps, codes


MAPS, CODES = make_maps()
IDS = [str(row) for row in range(RECORDS)]
SEQUENCES = ["".join("ACGT"[code] for code in row) for row in CODES]
ONE_HOT = np.eye(4, dtype=np.int8)[CODES]
CHANNELS_FIRST = MAPS.transpose(0, 2, 1)
ONE_HOT_FIRST = ONE_HOT.transpose(0, 2, 1)

folder = Path(tempfile.mkdtemp(prefix="attrstream-interop-"))
#: (file, options that it needs)
files = []
refused = []


def file(name, *options):
    files.append((folder / name, options))
    return folder / name


# Columns of pyarrow, in each type that holds maps or sequences.
def map_columns():
    for dtype in ("float16", "float32", "float64"):
        flat = pa.array(MAPS.astype(dtype).reshape(-1))
        count = 4 * LENGTH
        offsets = np.arange(RECORDS + 1) * count
        positions = np.arange(RECORDS * LENGTH + 1) * 4
        four = pa.FixedSizeListArray.from_arrays(flat, 4)
        yield f"{dtype}-list", pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat), FLAT
        yield f"{dtype}-large-list", pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), flat), FLAT
        yield f"{dtype}-fixed", pa.FixedSizeListArray.from_arrays(flat, count), FLAT
        rows = np.arange(RECORDS + 1) * LENGTH
        yield f"{dtype}-list-of-fixed", pa.ListArray.from_arrays(pa.array(rows, pa.int32()), four), ()
        inner = pa.ListArray.from_arrays(pa.array(positions, pa.int32()), flat)
        yield f"{dtype}-list-of-list", pa.ListArray.from_arrays(pa.array(rows, pa.int32()), inner), ()
        first = pa.array(CHANNELS_FIRST.astype(dtype).reshape(-1))
        channels = pa.FixedSizeListArray.from_arrays(first, LENGTH)
        yield f"{dtype}-channels-first", pa.FixedSizeListArray.from_arrays(channels, 4), ()
        tensor = pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(MAPS.astype(dtype)))
        yield f"{dtype}-tensor", tensor, ()


def sequence_columns():
    yield "string", pa.array(SEQUENCES)
    yield "large-string", pa.array(SEQUENCES, pa.large_string())
    yield "dictionary", pa.array(SEQUENCES).dictionary_encode()
    yield "one-hot", pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(ONE_HOT))
    yield "one-hot-float", pa.FixedShapeTensorArray.from_numpy_ndarray(ONE_HOT.astype("float32"))


def id_columns():
    yield "text", pa.array(IDS)
    yield "int64", pa.array(np.arange(RECORDS))
    yield "uint16", pa.array(np.arange(RECORDS, dtype="uint16"))
    yield "dictionary", pa.array(IDS).dictionary_encode()
    yield "none", None


def table_of(maps, sequences=None, ids=IDS):
    columns = {} if ids is None else {"id": ids}
    return pa.table({**columns, "sequence": SEQUENCES if sequences is None else sequences, "attributions": maps})


def write_stream(path, table, file_format=False, compression=None, batch=37):
    options = ipc.IpcWriteOptions(compression=compression)
    make = ipc.new_file if file_format else ipc.new_stream
    with pa.OSFile(str(path), "wb") as out, make(out, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=batch)


def pyarrow_files():
    shapes = list(map_columns())
    for name, maps, options in shapes:
        table = table_of(maps)
        parquet.write_table(table, file(f"pyarrow-{name}.parquet", *options))
        write_stream(file(f"pyarrow-{name}.arrow", *options), table, file_format=True)
    _, plain, options = shapes[7]
    for name, sequences in sequence_columns():
        table = table_of(shapes[10][1], sequences)
        parquet.write_table(table, file(f"pyarrow-sequence-{name}.parquet"))
        write_stream(file(f"pyarrow-sequence-{name}.arrow"), table, file_format=True)
    for name, ids in id_columns():
        parquet.write_table(table_of(plain, ids=ids), file(f"pyarrow-id-{name}.parquet", *options))
        write_stream(file(f"pyarrow-id-{name}.arrows", *options), table_of(plain, ids=ids))
    table = table_of(plain)
    for compression in ("none", "snappy", "gzip", "brotli", "zstd", "lz4"):
        for version in ("1.0", "2.4", "2.6"):
            for pages in ("1.0", "2.0"):
                for dictionary in (True, False):
                    path = file(f"pyarrow-{compression}-{version}-{pages}-{dictionary}.parquet", *options)
                    parquet.write_table(
                        table, path, compression=compression, version=version, data_page_version=pages,
                        use_dictionary=dictionary, row_group_size=64, data_page_size=4096,
                    )
    leaf = "attributions.list.element"
    extras = {
        "split": {"use_byte_stream_split": [leaf], "use_dictionary": False},
        "checksums": {"write_page_checksum": True},
        "page-index": {"write_page_index": True},
        "one-row-groups": {"row_group_size": 1},
        "old-names": {"use_compliant_nested_type": False},
        "delta": {"use_dictionary": False, "column_encoding": {"sequence": "DELTA_BYTE_ARRAY", "id": "DELTA_LENGTH_BYTE_ARRAY"}},
    }
    for name, extra in extras.items():
        parquet.write_table(table, file(f"pyarrow-{name}.parquet", *options), **extra)
    for compression in (None, "lz4", "zstd"):
        for form, ending in ((True, "arrow"), (False, "arrows")):
            for batch in (1, 37, RECORDS):
                path = file(f"pyarrow-{compression}-{batch}.{ending}", *options)
                write_stream(path, table, form, compression, batch)
    for compression in ("uncompressed", "lz4", "zstd"):
        feather.write_feather(table, file(f"feather-{compression}.feather", *options), compression=compression)
    described = table.replace_schema_metadata({"attrstream.axes": "L4"})
    parquet.write_table(described, file("pyarrow-metadata.parquet"))
    four = {base: pa.array(list(MAPS[:, :, i].astype("float32"))) for i, base in enumerate("acgt")}
    parquet.write_table(pa.table({"id": IDS, "sequence": SEQUENCES, **four}), file("pyarrow-four-columns.parquet"))


def pandas_files():
    flat = pd.DataFrame({"id": IDS, "sequence": SEQUENCES, "attributions": list(MAPS.astype("float32").reshape(RECORDS, -1))})
    nested = flat.assign(attributions=[list(map(list, matrix)) for matrix in MAPS])
    for compression in (None, "snappy", "gzip", "brotli", "zstd"):
        flat.to_parquet(file(f"pandas-{compression}.parquet", *FLAT), compression=compression)
    nested.to_parquet(file("pandas-nested.parquet"))
    flat.to_feather(file("pandas.feather", *FLAT))
    nested.to_feather(file("pandas-nested.feather"))
    flat.set_index("id").to_parquet(file("pandas-index.parquet", *FLAT))
    flat.astype({"sequence": "category"}).to_parquet(file("pandas-category.parquet", *FLAT))
    if fastparquet is not None:
        # fastparquet has no lists: maps are four columns of bytes, or JSON, which is refused with a reason.
        path = folder / "fastparquet-json.parquet"
        flat.assign(attributions=[list(map(float, row)) for row in flat.attributions]).to_parquet(
            path, engine="fastparquet", object_encoding={"attributions": "json", "sequence": "utf8", "id": "utf8"}
        )
        refused.append((path, FLAT, "column attributions is"))


def polars_files():
    flat = pl.DataFrame({"id": IDS, "sequence": SEQUENCES, "attributions": MAPS.astype("float32").reshape(RECORDS, -1)})
    as_list = flat.with_columns(pl.col("attributions").arr.to_list())
    nested = pl.DataFrame({"id": IDS, "sequence": SEQUENCES, "attributions": MAPS})
    for compression in ("uncompressed", "snappy", "gzip", "brotli", "zstd", "lz4"):
        as_list.write_parquet(file(f"polars-{compression}.parquet", *FLAT), compression=compression)
    for name, frame, options in (("array", flat, FLAT), ("list", as_list, FLAT), ("nested", nested, ())):
        frame.write_parquet(file(f"polars-{name}.parquet", *options))
        frame.write_parquet(file(f"polars-{name}-groups.parquet", *options), row_group_size=32, data_page_size=2048)
        for compression in ("uncompressed", "lz4", "zstd"):
            frame.write_ipc(file(f"polars-{name}-{compression}.arrow", *options), compression=compression)
            frame.write_ipc_stream(file(f"polars-{name}-{compression}.arrows", *options), compression=compression)
        frame.lazy().sink_parquet(file(f"polars-{name}-sink.parquet", *options))


def duckdb_files():
    table = table_of(pa.array(list(MAPS.astype("float32").reshape(RECORDS, -1)), pa.list_(pa.float32())))
    nested = table_of(pa.array([[list(row) for row in matrix] for matrix in MAPS]))
    connection = duckdb.connect()
    connection.register("maps", table)
    connection.register("nested", nested)
    for codec in ("uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"):
        for version in ("V1", "V2"):
            path = file(f"duckdb-{codec}-{version}.parquet", *FLAT)
            connection.execute(f"copy maps to '{path}' (format parquet, codec '{codec}', parquet_version {version})")
    connection.execute(f"copy maps to '{file('duckdb-groups.parquet', *FLAT)}' (format parquet, row_group_size 2048)")
    connection.execute(f"copy nested to '{file('duckdb-nested.parquet')}' (format parquet)")
    fixed = f"select id, sequence, attributions::float[{4 * LENGTH}] as attributions from maps"
    connection.execute(f"copy ({fixed}) to '{file('duckdb-array.parquet', *FLAT)}' (format parquet)")


def numpy_files():
    sequences = folder / "sequences.npy"
    np.save(sequences, ONE_HOT)
    for dtype in ("float16", "float32", "float64", ">f4", ">f8"):
        name = dtype.replace(">", "big-")
        np.save(file(f"numpy-{name}.npy", "--sequences", str(sequences)), MAPS.astype(dtype))
        np.save(file(f"numpy-{name}-first.npy", "--sequences", str(sequences)), CHANNELS_FIRST.astype(dtype))
    np.save(file("numpy-fortran.npy", "--sequences", str(sequences)), np.asfortranarray(MAPS.astype("float32")))
    for name, save in (("stored", np.savez), ("deflated", np.savez_compressed)):
        save(file(f"tf-mindi-{name}.npz"), contrib=CHANNELS_FIRST, oh=ONE_HOT_FIRST.astype("float32"))
        save(file(f"fi-nemo-{name}.npz"), contributions=CHANNELS_FIRST.astype("float16"), sequences=ONE_HOT_FIRST)
        save(file(f"plain-{name}.npz"), attributions=MAPS.astype("float32"), sequences=ONE_HOT.astype(bool))
        save(file(f"{name}_contrib.npz"), CHANNELS_FIRST.astype("float32"))
        save(folder / f"{name}_oh.npz", ONE_HOT_FIRST)
        save(file(f"{name}.attr.npz"), CHANNELS_FIRST.astype("float32"))
        save(folder / f"{name}.ohe.npz", ONE_HOT_FIRST.astype("int8"))


def hdf5_files():
    if h5py is None:
        return
    filters = {"contiguous": {}, "gzip": {"compression": "gzip"}, "lzf": {"compression": "lzf"},
               "shuffle": {"compression": "gzip", "shuffle": True}, "fletcher": {"fletcher32": True}}
    if hdf5plugin is not None:
        filters |= {"blosc": dict(hdf5plugin.Blosc()), "zstd": dict(hdf5plugin.Zstd()), "lz4": dict(hdf5plugin.LZ4())}
    for name, options in filters.items():
        chunks = {} if name == "contiguous" else {"chunks": True}
        for dtype in ("float16", "float32", "float64"):
            with h5py.File(file(f"bpnet-{name}-{dtype}.h5"), "w") as out:
                out.create_dataset("hyp_scores", data=MAPS.astype(dtype), **options, **chunks)
                out.create_dataset("input_seqs", data=ONE_HOT, **options, **chunks)
        with h5py.File(file(f"chrombpnet-{name}.h5"), "w") as out:
            out.create_dataset("raw/seq", data=ONE_HOT_FIRST, **options, **chunks)
            out.create_dataset("shap/seq", data=CHANNELS_FIRST.astype("float16"), **options, **chunks)
            out.create_dataset("projected_shap/seq", data=(CHANNELS_FIRST * ONE_HOT_FIRST).astype("float16"), **options, **chunks)
    targets = np.stack([np.zeros_like(MAPS), MAPS], axis=-1).astype("float16")
    with h5py.File(file("basenji.h5", "--target", "1"), "w") as out:
        out.create_dataset("scores", data=targets)
        out.create_dataset("seqs", data=ONE_HOT.astype(bool))
        out.create_dataset("chrom", data=np.array([b"chr1"] * RECORDS))
        out.create_dataset("start", data=np.arange(RECORDS) * LENGTH)
        out.create_dataset("end", data=np.arange(1, RECORDS + 1) * LENGTH)
        out.create_dataset("strand", data=np.array([b"+"] * RECORDS))
    with_coordinates.add(folder / "basenji.h5")


#: Ids are made of coordinates there, so that groups and nulls are other ones.
with_coordinates = set()


def run(*args):
    return subprocess.run([*MAIN, *map(str, args)], capture_output=True, text=True)


def fail(message):
    problems.append(message)
    print(f"FAILED: {message}")


def check_scores(by_options):
    """All files of one set of options in one command: counts and KLDs must be those of the reference, to the last bit."""
    reference = None
    for options, paths in by_options.items():
        out = run("score", *paths, *options, "--format", "json", "--workers", "1", "--quiet")
        if out.returncode != 0:
            fail(f"score {options}: {out.stderr.strip().splitlines()[-1]}")
            continue
        models = json.loads(out.stdout)["models"]
        if len(models) != len(paths):
            fail(f"{len(models)} models of {len(paths)} files")
        for path, model in zip(paths, models):
            core = (model["records"], model["positions"], model["kmer"]["kld_nats"], model["kmer"]["attributed_kmers"],
                    model["angular"]["kld_nats"], model["angular"]["points"])
            reference = reference or core
            if core != reference:
                fail(f"{path.name} scores {core}, others {reference}")


def check_values(paths, options):
    """All files of one set of options converted into one: each must be there with its values."""
    out = folder / "converted.arrow"
    done = run("convert", *paths, *options, "-o", out, "--float64", "--verify", "--quiet")
    if done.returncode != 0:
        return fail(f"convert: {done.stderr.strip()}")
    with pa.OSFile(str(out)) as opened:
        table = ipc.open_file(opened).read_all()
    table.validate(full=True)
    if table.num_rows != RECORDS * len(paths):
        return fail(f"convert {options}: {table.num_rows} rows of {len(paths)} files")
    for i, path in enumerate(paths):
        own = table.slice(i * RECORDS, RECORDS)
        values = own["attributions"].combine_chunks().flatten().to_numpy().reshape(MAPS.shape)
        if not np.array_equal(values, MAPS):
            fail(f"{path.name}: maps differ")
        if own["sequence"].to_pylist() != SEQUENCES:
            fail(f"{path.name}: sequences differ")
        # Files without ids have row numbers, preceded by the file's name if there are several.
        ids = [id.removeprefix(f"{path.name}:") for id in own["id"].to_pylist()]
        if path not in with_coordinates and ids != IDS:
            fail(f"{path.name}: ids differ")


def converted_elsewhere():
    """What convert writes, opened by every other reader."""
    source, options = files[0]
    for element in ((), ("--float16",), ("--float64",)):
        for ending in ("arrow", "parquet"):
            out = folder / f"ours-{'-'.join(element)}.{ending}"
            done = run("convert", source, *options, "-o", out, *element, "--verify")
            if done.returncode != 0:
                fail(f"convert {element} {ending}: {done.stderr}")
                continue
            readers = {"polars": lambda: (pl.read_ipc(out) if ending == "arrow" else pl.read_parquet(out))["attributions"].to_list()}
            if ending == "arrow":
                readers["pyarrow"] = lambda: ipc.open_file(str(out)).read_all()["attributions"].to_pylist()
                readers["feather"] = lambda: feather.read_table(str(out))["attributions"].to_pylist()
            else:
                readers["pyarrow"] = lambda: parquet.read_table(out)["attributions"].to_pylist()
                readers["pandas"] = lambda: [list(row) for row in pd.read_parquet(out)["attributions"]]
                readers["duckdb"] = lambda: [row[0] for row in duckdb.sql(f"select attributions from '{out}'").fetchall()]
            for name, read in readers.items():
                values = np.array(read(), dtype=np.float64).reshape(MAPS.shape)
                if not np.array_equal(values, MAPS):
                    fail(f"{name} reads other values in {out.name}")


problems = []
for make in (pyarrow_files, pandas_files, polars_files, duckdb_files, numpy_files, hdf5_files):
    before = len(files)
    make()
    print(f"{make.__name__}: {len(files) - before}")
by_options = {}
for path, options in files:
    by_options.setdefault(options, []).append(path)
check_scores(by_options)
for options, paths in by_options.items():
    # Each takes most of a second, in which it is timed: every eighth is enough.
    inspected = run("inspect", *paths[::8], *options, "--format", "json")
    for found in json.loads(inspected.stdout):
        if found["problem"] is not None:
            fail(f"inspect: {found['problem']}")
for options, paths in by_options.items():
    check_values(paths, options)
for path, options, said in refused:
    out = run("score", path, *options)
    if out.returncode != 1 or said not in out.stderr:
        fail(f"{path.name}: expected an error with '{said}', found {out.stderr}")
converted_elsewhere()
print(f"{len(files)} files of pyarrow {pa.__version__}, pandas {pd.__version__}, polars {pl.__version__}, "
      f"duckdb {duckdb.__version__}, numpy {np.__version__}" + (f", h5py {h5py.__version__}" if h5py else ""))
subprocess.run(["rm", "-rf", folder])
if problems:
    sys.exit(f"{len(problems)} of the checks failed")
