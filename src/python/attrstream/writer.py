"""Files of maps."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from ._batches import batch_of, slices


class Writer:
    """Writes maps batch by batch to a file that attrstream reads. An error in the ``with`` block leaves no file.

    Parameters
    ----------
    path : path
        ``.parquet`` (compressed by ZSTD), or ``.arrow`` (not compressed).
    axes : {'L4', '4L'}, optional
        Axes of the maps after the first, if their shape leaves it open.

    Raises
    ------
    ValueError
        For another ending, and for shapes that do not go together.

    Examples
    --------
    >>> import attrstream, numpy, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "maps.parquet")
    >>> with attrstream.Writer(path) as writer:
    ...     writer.add(numpy.ones((2, 8, 4), dtype="float32"), ["ACGTACGT", "TTTTAAAA"], ids=["a", "b"])
    >>> os.path.exists(path)
    True
    """

    def __init__(self, path: str | os.PathLike[str], *, axes: str | None = None) -> None:
        self._path = Path(path)
        if self._path.suffix not in (".parquet", ".arrow"):
            raise ValueError(f"{path}: expected a name that ends in .parquet or .arrow")
        self._part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        self._axes = axes
        self._writer: Any = None

    def add(self, maps: Any, sequences: Any, ids: Any = None, truth: Any = None) -> None:
        """Adds maps, with the arguments of `Scorer.add`."""
        for part in slices(maps, sequences, ids, truth):
            batch = batch_of(**part, axes=self._axes)
            if self._writer is None:
                self._writer = self._open(batch.schema)
            self._writer.write_batch(batch)

    def _open(self, schema: pa.Schema) -> Any:
        if self._path.suffix == ".arrow":
            return pa.ipc.new_file(str(self._part), schema)
        return pyarrow.parquet.ParquetWriter(str(self._part), schema, compression="zstd", use_dictionary=False)

    def close(self) -> None:
        """Ends the file, and gives it its name."""
        if self._writer is None:
            raise ValueError(f"{self._path}: no maps were added")
        self._writer.close()
        os.replace(self._part, self._path)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif self._writer is not None:
            self._writer.close()
            self._part.unlink(missing_ok=True)
