"""Arrays that convert writes, read by NumPy and, where they are installed, by the readers of tfmodisco-lite and Fi-NeMo.

    python test/slow/interop/npz.py

Needs numpy and pyarrow, and the compiled command line (npm run build).
"""

import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[3]
MAIN = ["node", str(ROOT / "dist/cli/main.js")]
COUNT, LENGTH = 60, 100

random = np.random.default_rng(5)
codes = random.integers(0, 5, (COUNT, LENGTH))
maps = random.normal(size=(COUNT, LENGTH, 4)).astype(np.float32)
one_hot = (codes[:, None, :] == np.arange(4)[None, :, None]).astype(np.int8)
expected = maps.transpose(0, 2, 1)


def dump(path, ids):
    table = pa.table(
        {
            "id": ids,
            "sequence": ["".join("ACGTN"[code] for code in row) for row in codes],
            "attributions": pa.array(list(maps.reshape(COUNT, -1)), pa.list_(pa.float32())),
        }
    ).replace_schema_metadata({"attrstream.axes": "L4"})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=16)


def convert(*args):
    subprocess.run([*MAIN, "convert", *map(str, args)], check=True, capture_output=True)


def equal(found, wanted, what):
    assert found.dtype == wanted.dtype and np.array_equal(found, wanted), what


def check(folder):
    places = [f"chr{1 + i % 3}:{1000 * i}-{1000 * i + LENGTH}" for i in range(COUNT)]
    dump(folder / "placed.arrow", places)
    dump(folder / "named.arrow", [f"seq{i}" for i in range(COUNT)])
    convert(folder / "placed.arrow", "-o", folder / "regions.npz")
    convert(folder / "named.arrow", "-o", folder / "bare.npz", "--float16")
    convert(folder / "named.arrow", "--to", "modisco", "-o", folder / "modisco")

    regions = np.load(folder / "regions.npz")
    equal(regions["sequences"], one_hot, "sequences")
    equal(regions["contributions"], expected, "contributions")
    assert list(regions["chr"]) == [place.split(":")[0] for place in places]
    equal(regions["start"], np.arange(COUNT, dtype=np.int32) * 1000, "start")
    equal(regions["peak_id"], np.arange(COUNT, dtype=np.uint32), "peak_id")
    assert list(regions["peak_name"]) == places
    bare = np.load(folder / "bare.npz")
    assert list(bare) == ["sequences", "contributions"]
    equal(bare["contributions"], expected.astype(np.float16), "contributions of two bytes")
    equal(np.load(folder / "modisco/ohe.npz")["arr_0"], one_hot, "ohe")
    equal(np.load(folder / "modisco/attr.npz")["arr_0"], expected, "attr")
    print("numpy: regions.npz, ohe.npz and attr.npz are the sequences and maps")

    try:
        from finemo import data_io
    except ImportError as error:
        print(f"SKIPPED: Fi-NeMo's reader: {error}")
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            sequences, contributions, peaks, has_peaks = data_io.load_regions_npz(str(folder / "regions.npz"))
        equal(sequences, one_hot, "Fi-NeMo's sequences")
        equal(contributions, expected, "Fi-NeMo's contributions")
        assert has_peaks and peaks["peak_name"].to_list() == places and peaks["peak_region_start"][1] == 1000
        ohe, attr = (str(folder / "modisco" / name) for name in ("ohe.npz", "attr.npz"))
        sequences, contributions = data_io.load_regions_from_modisco_fmt([attr], ohe, LENGTH // 2)
        equal(sequences, one_hot, "Fi-NeMo's sequences of tfmodisco-lite's form")
        assert np.allclose(contributions, expected, atol=2e-3)
        print("Fi-NeMo: regions.npz, ohe.npz and attr.npz are read")

    try:
        from modiscolite.cli import _load_input
    except ImportError as error:
        print(f"SKIPPED: tfmodisco-lite's reader: {error}")
    else:
        equal(_load_input(folder / "modisco/ohe.npz"), one_hot, "tfmodisco-lite's sequences")
        equal(_load_input(folder / "modisco/attr.npz"), expected, "tfmodisco-lite's attributions")
        print("tfmodisco-lite: ohe.npz and attr.npz are read")


with tempfile.TemporaryDirectory() as name:
    check(Path(name))
