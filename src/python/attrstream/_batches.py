"""Maps of any library as Arrow batches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

ROWS = 64
"""Maps of a batch."""

AXES = "attrstream.axes"


def to_numpy(values: Any) -> np.ndarray:
    """An array of NumPy, PyTorch, JAX or TensorFlow on the CPU; half precision stays, bfloat16 becomes float32."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        if "bfloat16" in str(values.dtype):
            values = values.float()
    array = np.asarray(values)
    return array.astype(np.float32) if array.dtype.name == "bfloat16" else array


def axes_of(shape: tuple[int, ...], axes: str | None) -> str:
    """``L4`` for maps of shape (n, L, 4), ``4L`` for (n, 4, L).

    Raises
    ------
    ValueError
        If the shape fits neither, or both and `axes` is None.
    """
    fits = [name for name, axis in (("L4", 2), ("4L", 1)) if len(shape) == 3 and shape[axis] == 4]
    if axes is not None:
        if axes not in ("L4", "4L"):
            raise ValueError(f"axes are {axes!r}, expected 'L4' or '4L'")
        if axes not in fits:
            raise ValueError(f"a map has shape {shape[1:]}, which does not have axes {axes}")
        return axes
    if not fits:
        raise ValueError(f"a map has shape {shape[1:]}, expected (L, 4) or (4, L)")
    if len(fits) == 2:
        raise ValueError(f"a map of shape {shape[1:]} may be L4 or 4L; give axes")
    return fits[0]


def batch_of(
    maps: Any, sequences: Any, ids: Any = None, truth: Any = None, *, axes: str | None = None, model: str | None = None
) -> pa.RecordBatch:
    """A batch of maps with their sequences, and ids, truth and a model if there are.

    Parameters are those of `Scorer.add`.
    """
    array = to_numpy(maps)
    axes = axes_of(array.shape, axes)
    columns: dict[str, pa.Array] = {}
    if ids is not None:
        columns["id"] = _scalars(ids, len(array), "ids")
    columns["sequence"] = _sequences(sequences, array.shape, axes)
    columns["attributions"] = _lists(_floats(array))
    if truth is not None:
        columns["truth"] = _truth(to_numpy(truth), array.shape, axes)
    if model is not None:
        columns["model"] = pa.array([model] * len(array), pa.string())
    schema = pa.schema([(name, column.type) for name, column in columns.items()], metadata={AXES: axes})
    return pa.record_batch(list(columns.values()), schema=schema)


def slices(maps: Any, sequences: Any, ids: Any = None, truth: Any = None) -> Iterator[dict[str, Any]]:
    """Arguments of `batch_of` for some rows at a time: nothing is read or copied whole."""
    whole = {"maps": maps, "sequences": sequences, "ids": ids, "truth": truth}
    given = {name: _sliceable(values) for name, values in whole.items() if values is not None}
    if "sequences" not in given:
        raise ValueError("maps need sequences, as text or one-hot")
    rows = {name: rows_of(values) for name, values in given.items()}
    if len(set(rows.values())) > 1:
        raise ValueError("rows differ: " + ", ".join(f"{count} {name}" for name, count in rows.items()))
    for start in range(0, rows["maps"], ROWS):
        yield {name: values[start : start + ROWS] for name, values in given.items()}


def record_batches(
    maps: Any, sequences: Any = None, ids: Any = None, truth: Any = None, axes: str | None = None
) -> Iterator[pa.RecordBatch]:
    """Some rows at a time of arrays, of a table of Arrow, or of an iterator of batches of either."""
    if hasattr(maps, "shape") and not _is_arrow(maps):
        for part in slices(maps, sequences, ids, truth):
            yield batch_of(**part, axes=axes)
        return
    if not _is_arrow(maps) and not isinstance(maps, Iterable):
        raise TypeError(
            f"maps are {type(maps).__name__}, expected an array, a table, paths, a dict or an iterator of batches"
        )
    if sequences is not None or ids is not None or truth is not None:
        raise ValueError("tables, and batches of an iterator, have their own sequences, ids and truth")
    for batch in [maps] if _is_arrow(maps) else maps:
        if _is_arrow(batch):
            yield from _rows_of_arrow(batch, axes)
            continue
        parts = batch if isinstance(batch, Mapping) else dict(zip(("maps", "sequences", "ids", "truth"), batch))
        yield from record_batches(**parts, axes=axes)


def _is_arrow(value: Any) -> bool:
    return isinstance(value, (pa.RecordBatch, pa.Table))


def _rows_of_arrow(rows: pa.RecordBatch | pa.Table, axes: str | None) -> Iterator[pa.RecordBatch]:
    """The rows of a table in batches, without a copy, whose metadata say the axes if they are given."""
    if axes is not None:
        rows = rows.replace_schema_metadata({**(rows.schema.metadata or {}), AXES: axes})
    for batch in rows.to_batches() if isinstance(rows, pa.Table) else [rows]:
        for start in range(0, batch.num_rows, ROWS):
            yield batch.slice(start, ROWS)


def rows_of(values: Any) -> int:
    """Length of the first axis; variables of TensorFlow have no ``len``."""
    return int(values.shape[0]) if hasattr(values, "shape") else len(values)


def is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def paths_of(maps: Any) -> list[str] | None:
    """The words of a path, or of a list of paths; None of anything else."""
    if is_path(maps):
        return [os.fspath(maps)]
    if isinstance(maps, (list, tuple)) and maps and all(map(is_path, maps)):
        return [os.fspath(path) for path in maps]
    return None


def _sliceable(values: Any) -> Any:
    return values if hasattr(values, "shape") or isinstance(values, (list, tuple)) else list(values)


def _floats(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    raise TypeError(f"maps have type {array.dtype}, expected floating point")


def _lists(array: np.ndarray) -> pa.Array:
    """Each row as a list of its numbers; without a copy if the array is contiguous and of this machine's byte order."""
    flat = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(len(array), -1)
    offsets = np.arange(len(flat) + 1, dtype=np.int64) * flat.shape[1]
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(flat.reshape(-1)))


def _scalars(values: Any, rows: int, name: str) -> pa.Array:
    array = pa.array([_plain(value) for value in values])
    if len(array) != rows:
        raise ValueError(f"{len(array)} {name} for {rows} maps")
    return array


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return value.decode() if isinstance(value, bytes) else value


def _sequences(sequences: Any, shape: tuple[int, ...], axes: str) -> pa.Array:
    if isinstance(sequences, (list, tuple)) and all(isinstance(entry, (str, bytes)) for entry in sequences):
        return _scalars(sequences, shape[0], "sequences")
    array = to_numpy(sequences)
    if array.ndim == 1:
        return _scalars(array, shape[0], "sequences")
    array = _like(array, shape, axes, "one-hot sequences")
    small = array.astype(np.uint8)
    return _lists(small if (small == array).all() else _floats(array))


def _truth(truth: np.ndarray, shape: tuple[int, ...], axes: str) -> pa.Array:
    if truth.ndim == 2:
        return _lists(truth.astype(np.uint8) if truth.dtype == bool else truth)
    return _lists(_floats(_like(truth, shape, axes, "truth")))


def _like(array: np.ndarray, shape: tuple[int, ...], axes: str, name: str) -> np.ndarray:
    """The array with the axes of the maps, which it may have the other way round."""
    if array.shape == shape:
        return array
    turned = array.swapaxes(1, 2) if array.ndim == 3 else array
    if turned.shape == shape:
        return turned
    raise ValueError(f"{name} have shape {array.shape[1:]} each, expected {shape[1:]} ({axes}), as the maps, or the axes exchanged")
