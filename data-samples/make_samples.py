"""Writes the samples in this folder from the folder of full fixtures.

    python make_samples.py FIXTURES

needs numpy and pyarrow. FIXTURES holds `synthetic/` and `tf-mindi/`. Nothing is random but the choice of records, whose
seed is fixed: the same fixtures give the same records. Maps keep every bit of their float32 values.
"""

import gzip
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

HERE = Path(__file__).resolve().parent

# Sample name of each network: one whose maps are clean, and one whose maps are poor.
NETWORKS = {
    "exponential-standard": "exponential_bn_standard_s0",
    "relu-spectral-norm": "relu_bn_spectral-norm_s0",
}
RECORDS = 300
PRIOR_SEQUENCES = 1000
# Small enough that a sample has several batches.
ROWS_PER_BATCH = 128

BASES = np.frombuffer(b"ACGT", dtype=np.uint8)


def texts(one_hot):
    """Sequences (N, L, 4) as N texts."""
    assert (one_hot.sum(axis=2) == 1).all()
    return [BASES[codes].tobytes().decode() for codes in one_hot.argmax(axis=2)]


def position_lists(values):
    """Values (N, L, 4) as list<fixed_size_list<float32>[4]>: the shape of the type tells which axis is which."""
    n, length, channels = values.shape
    flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).ravel())
    offsets = pa.array(np.arange(n + 1, dtype=np.int32) * length)
    return pa.ListArray.from_arrays(offsets, pa.FixedSizeListArray.from_arrays(flat, channels))


def flat_lists(values):
    """Values (N, 4, L) as list<float32> of 4 L numbers."""
    n = len(values)
    flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).ravel())
    offsets = pa.array(np.arange(n + 1, dtype=np.int32) * (len(flat) // n))
    return pa.ListArray.from_arrays(offsets, flat)


def write_synthetic(fixtures):
    """Both networks on the same records, in Arrow and in Parquet."""
    folder = fixtures / "synthetic"
    one_hot = np.load(folder / "sequences.npz")["one_hot"]
    truth = np.load(folder / "truth.npz")["truth"]
    rows = np.sort(np.random.default_rng(2022).choice(len(one_hot), RECORDS, replace=False))
    sequences = texts(one_hot[rows])
    for name, network in NETWORKS.items():
        maps = np.load(folder / "maps" / f"{network}.npz")["attributions"]
        assert maps.dtype == np.float32
        table = pa.table(
            {
                "id": [f"seq{row:04d}" for row in rows],
                "sequence": sequences,
                "attributions": position_lists(maps[rows]),
                "truth": position_lists(truth[rows]),
            }
        )
        feather.write_feather(table, HERE / f"{name}.arrow", compression="lz4", chunksize=ROWS_PER_BATCH)
        parquet.write_table(table, HERE / f"{name}.parquet", compression="zstd", row_group_size=ROWS_PER_BATCH)


def write_tf_mindi(fixtures):
    """All 42 maps, flat and channel by channel, with one-hot sequences: what the file's metadata must declare."""
    folder = fixtures / "tf-mindi"
    maps = np.load(folder / "sample_contrib.npz")["contrib"]
    one_hot = np.load(folder / "sample_oh.npz")["oh"]
    labels = (folder / "sample_labels.txt").read_text().strip().split("\\n")
    labels = [label for label in labels if label]
    assert len(labels) == len(maps) == len(one_hot)
    assert (maps == maps.astype(np.float32)).all(), "float32 would round"
    table = pa.table(
        {
            "id": [f"{label}-{i:02d}" for i, label in enumerate(labels)],
            "cell_type": labels,
            "sequence": flat_lists(one_hot).cast(pa.list_(pa.uint8())),
            "attributions": flat_lists(maps),
        }
    ).replace_schema_metadata({"attrstream.axes": "4L", "attrstream.alphabet": "ACGT"})
    parquet.write_table(table, HERE / "tf-mindi.parquet", compression="snappy")
    shutil.copyfile(folder / "LICENSE", HERE / "LICENSE-TF-MInDi")


def write_prior(fixtures):
    """Every fourth sequence of the test set as FASTA, in lines of 80."""
    one_hot = np.load(fixtures / "synthetic" / "test_set.npz")["one_hot"]
    step = len(one_hot) // PRIOR_SEQUENCES
    lines = []
    for row, text in zip(range(0, len(one_hot), step), texts(one_hot[::step])):
        lines.append(f">test{row:04d}")
        lines.extend(text[start : start + 80] for start in range(0, len(text), 80))
    data = ("\n".join(lines) + "\n").encode()
    # No time stamp, so that the bytes do not change from run to run.
    (HERE / "test-set.fasta.gz").write_bytes(gzip.compress(data, 9, mtime=0))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    fixtures = Path(sys.argv[1])
    write_synthetic(fixtures)
    write_tf_mindi(fixtures)
    write_prior(fixtures)
