"""Writes the HDF5 files of this folder: python make.py (h5py 3, hdf5plugin 7, PyTables 3). Values follow those of NumPy."""
import h5py
import hdf5plugin
import numpy as np
import tables

SHAPE = (13, 4, 10)


def values(shape, dtype):
    """Item i, in C order, is ((37 i) mod 101 - 50) / 8; whole numbers are that without the division, from 0 if unsigned."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64) * 37 % 101
    kind = np.dtype(dtype).kind
    if kind == "b":
        plain = i % 2
    elif kind == "u":
        plain = i
    elif kind == "i":
        plain = i - 50
    else:
        plain = (i - 50) / 8
    return plain.astype(dtype).reshape(shape)


def one_hot(rows, length, axes):
    bases = (np.arange(rows * length) * 7 % 5 % 4).reshape(rows, length)
    matrix = np.eye(4, dtype="i1")[bases]
    return matrix if axes == "L4" else matrix.transpose(0, 2, 1)


TYPES = ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8", "|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", ">i4"]
with h5py.File("types.h5", "w") as file:
    for dtype in TYPES:
        name = dtype.replace("<", "le-").replace(">", "be-").replace("|", "")
        file[name] = values(SHAPE, dtype)
    file["fixed"] = np.array([f"chr{i}" for i in range(13)], dtype="S")
    file["variable"] = [f"chrÜ{i}" for i in range(13)]
    file["four"] = values((13, 10, 4, 3), "<f2")
    file["compound"] = np.zeros(13, dtype=[("a", "<f4")])
    file["complex"] = values((13,), "<c8")
    file["scalar"] = 1.0

LAYOUTS = {
    "contiguous": {},
    "chunks": {"chunks": (5, 4, 10)},
    "small-chunks": {"chunks": (2, 1, 3)},
    "gzip": {"chunks": (5, 4, 10), "compression": "gzip"},
    "gzip-shuffle": {"chunks": (5, 4, 10), "compression": "gzip", "shuffle": True},
    "lzf": {"chunks": (5, 4, 10), "compression": "lzf"},
    "fletcher32": {"chunks": (5, 4, 10), "fletcher32": True},
    "gzip-shuffle-fletcher32": {"chunks": (5, 4, 10), "compression": "gzip", "shuffle": True, "fletcher32": True},
    "blosc-lz": {"chunks": (5, 4, 10), **hdf5plugin.Blosc("blosclz", 9, hdf5plugin.Blosc.SHUFFLE)},
    "blosc-lz4": {"chunks": (5, 4, 10), **hdf5plugin.Blosc("lz4")},
    "blosc-zstd": {"chunks": (5, 4, 10), **hdf5plugin.Blosc("zstd", 5, hdf5plugin.Blosc.BITSHUFFLE)},
    "blosc2": {"chunks": (5, 4, 10), **hdf5plugin.Blosc2()},
    "zstd": {"chunks": (5, 4, 10), **hdf5plugin.Zstd()},
    "lz4": {"chunks": (5, 4, 10), **hdf5plugin.LZ4()},
    "bitshuffle": {"chunks": (5, 4, 10), **hdf5plugin.Bitshuffle()},
}
with h5py.File("layouts.h5", "w") as file:
    for name, how in LAYOUTS.items():
        for dtype in ["f2", "f4", "i1"]:
            file.create_dataset(f"{name}/{dtype}", data=values(SHAPE, dtype), **how)
with h5py.File("latest.h5", "w", libver="latest") as file:
    for name in ["contiguous", "chunks", "gzip-shuffle"]:
        file.create_dataset(f"{name}/f4", data=values(SHAPE, "f4"), **LAYOUTS[name])
with h5py.File("unknown-filter.h5", "w") as file:
    file.create_dataset("maps", data=values(SHAPE, "f4"), chunks=(5, 4, 10), **hdf5plugin.SZ3(absolute=0.1))

# As deepdish, by which ChromBPNet writes, calls PyTables.
with tables.open_file("chrombpnet.h5", "w") as file:
    filters = tables.Filters(complevel=9, complib="blosc", shuffle=True)
    for group, matrix in {"raw": one_hot(13, 10, "4L"), "shap": values(SHAPE, "f2"), "projected_shap": values(SHAPE, "f2") * one_hot(13, 10, "4L")}.items():
        where = file.create_group("/", group)
        file.create_carray(where, "seq", obj=np.ascontiguousarray(matrix), filters=filters)

with h5py.File("bpnet.h5", "w") as file:
    file.create_dataset("hyp_scores", data=values((13, 10, 4), "f4"), compression="gzip")
    file.create_dataset("input_seqs", data=one_hot(13, 10, "L4"), compression="gzip")
    file["coords_chrom"] = [f"chr{1 + i % 3}" for i in range(13)]
    file["coords_start"] = 1000 + 10 * np.arange(13)
    file["coords_end"] = 1010 + 10 * np.arange(13)

for name, maps, chrom in [("basenji", "scores", "chrom"), ("baskerville", "logSUM", "chr"), ("borzoi", "grads", "chr")]:
    with h5py.File(f"{name}.h5", "w") as file:
        file[maps] = values((13, 10, 4, 3), "f2")
        file["seqs"] = one_hot(13, 10, "L4").astype(bool)
        file[chrom] = np.array([f"chr{1 + i % 3}" for i in range(13)], dtype="S")
        file["start"] = 1000 + 10 * np.arange(13)
        file["end"] = 1010 + 10 * np.arange(13)
        file["strand"] = np.array(["+-"[i % 2] for i in range(13)], dtype="S")
