"""Writes the NumPy files of this folder: python make.py (NumPy 2). Values follow formula.ts."""
import io
import struct
import zipfile

import numpy as np
from numpy.lib import format as npy

TYPES = ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8", "|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", ">i2", ">i8"]


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


def name_of(dtype):
    return dtype.replace("<", "le-").replace(">", "be-").replace("|", "")


arrays = {}
for dtype in TYPES:
    for order in "CF":
        arrays[f"{name_of(dtype)}-{order}"] = np.asarray(values((7, 4, 5), dtype), order=order)
for name, array in arrays.items():
    np.save(f"{name}.npy", array)
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)
shapes = {"d1": (7,), "d2": (7, 20), "d3": (7, 5, 4), "d4": (7, 5, 4, 3), "empty": (0, 4, 5), "scalar": ()}
np.savez("shapes.npz", **{name: values(shape, "<f4") for name, shape in shapes.items()},
         d4F=np.asfortranarray(values((7, 5, 4, 3), "<f4")), d2F=np.asfortranarray(values((7, 20), "<f4")))

special = np.array([[[np.nan, np.inf, -np.inf, -0.0], [5e-324, 1.7976931348623157e308, 1 / 3, 2.0**-1074]]])
np.save("special.npy", special)
np.save("special-half.npy", np.array([[[np.nan, np.inf, -np.inf, -0.0], [6e-8, 65504, 1 / 3, 1]]], dtype="<f2"))

for version in [(1, 0), (2, 0), (3, 0)]:
    with open(f"version-{version[0]}.npy", "wb") as file:
        npy.write_array(file, values((7, 4, 5), "<f4"), version=version)
with open("python-2.npy", "wb") as file:  # as NumPy 1 on Python 2 wrote it
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': (7L, 4L, 5L), }"
    text += b" " * (64 - (10 + len(text) + 1) % 64) + b"\n"
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + values((7, 4, 5), "<f4").tobytes())

np.savez("texts.npz", wide=np.array(["chr1", "chrÜ", "", "chr22", "x"]), narrow=np.array([b"chr1", b"chr10", b"", b"X", b"MT"]),
         big=np.array(["a", "bc"]).astype(">U2"))
np.savez("others.npz", objects=np.array([{"a": 1}, "b"], dtype=object), complex=values((7,), "<f4").astype("<c8"),
         structured=np.zeros(7, dtype=[("a", "<f4"), ("b", "<i2")]), good=values((7, 4, 5), "<f4"))
with open("two-arrays.npy", "wb") as file:
    np.save(file, values((2, 4, 5), "<f4"))
    np.save(file, values((2, 4, 5), "<f4"))
np.save("too-large.npy", np.array([[2**53 + 1, 0, 0, 0]], dtype="<i8"))

with zipfile.ZipFile("zip64-and-others.npz", "w") as archive:
    with archive.open(zipfile.ZipInfo("maps.npy", (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as member:
        npy.write_array(member, values((7, 4, 5), "<f4"))
    archive.writestr("notes/read me.txt", "no array")

header = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }"


def lying(name, shape, body=b""):
    text = (header % shape).encode()
    with open(name, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body)


lying("absurd-shape.npy", "(9007199254740993, 4, 9007199254740993)")
lying("huge-shape.npy", "(1000000000000, 4, 500)")
lying("empty-rows.npy", "(1000000000000000, 0, 4)")
lying("negative.npy", "(-1, 4, 5)", b"\0" * 80)
with zipfile.ZipFile("bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:  # 64 MiB of zeros in 64 kB
    buffer = io.BytesIO()
    npy.write_array(buffer, np.zeros((64, 4, 65536), dtype="<f4"))
    archive.writestr(zipfile.ZipInfo("maps.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED, 9)
with zipfile.ZipFile("paths.npz", "w") as archive:
    for path in ["../../outside.npy", "/absolute.npy"]:
        with archive.open(zipfile.ZipInfo(path), "w") as member:
            npy.write_array(member, values((7, 4, 5), "<f4"))
