"""Scoring of maps that are in memory, in files, or in the making."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any

import pyarrow as pa

from ._batches import batch_of, slices
from ._process import Process, flags, run_command
from .scores import Scores


class Scorer:
    """Scores maps as they are made, batch by batch: nothing is kept here or on a disk.

    Parameters
    ----------
    model : str
        Name of the model.
    axes : {'L4', '4L'}, optional
        Axes of the maps after the first, if their shape leaves it open (both are 4).
    workers : int, optional
        Threads that score; by default one, which keeps up with most networks.
    **options
        Further options of ``attrstream score``, with ``_`` for ``-``: ``k=5``, ``convention="acme-atac"``.

    Raises
    ------
    AttrstreamError
        By every method, if the scoring fails.

    Examples
    --------
    >>> import attrstream, numpy
    >>> random = numpy.random.default_rng(0)
    >>> with attrstream.Scorer(model="noise") as scorer:
    ...     for _ in range(4):
    ...         maps = random.normal(size=(8, 100, 4)).astype("float32")
    ...         scorer.add(maps, ["".join(random.choice(list("ACGT"), 100)) for _ in maps])
    ...     scores = scorer.result()
    >>> scores.records
    32
    """

    def __init__(
        self, model: str = "model", *, axes: str | None = None, workers: int | None = None, **options: Any
    ) -> None:
        words = ["score", "-", "--format", "json", "--workers", str(workers or 1)]
        if "model_column" not in options:
            words += ["--model", model]
        self._axes = axes
        self._process = Process([*words, *flags(options)], feeds=True)
        self._writer: pa.RecordBatchStreamWriter | None = None
        self._scores: Scores | None = None

    def add(self, maps: Any, sequences: Any, ids: Any = None, truth: Any = None) -> None:
        """Adds maps; waits while the scoring is behind.

        Parameters
        ----------
        maps : array of shape (n, L, 4) or (n, 4, L)
            Attributions as float16, float32 or float64, of NumPy, PyTorch, JAX or TensorFlow. L may differ between calls.
        sequences : n strings, or array of shape (n, L, 4) or (n, 4, L)
            The DNA of the maps, as text or one-hot.
        ids : n strings or integers, optional
            Unique; by default the row number, from 0. Given in all calls or in none.
        truth : array of shape (n, L), (n, L, 4) or (n, 4, L), optional
            Ground truth: labels 0 and 1, or probabilities.

        Raises
        ------
        ValueError
            For shapes that do not go together.
        """
        self._write(batch_of(maps, sequences, ids, truth, axes=self._axes))

    def _write(self, batch: pa.RecordBatch) -> None:
        if self._scores is not None:
            raise ValueError("the scores are made already; maps go to a new Scorer")
        try:
            if self._writer is None:
                self._writer = pa.ipc.new_stream(self._process.stdin, batch.schema)
            self._writer.write_batch(batch)
        except BrokenPipeError:
            self._process.wait()
            raise

    def result(self) -> Scores:
        """Scores of all maps that were added."""
        if self._scores is None:
            if self._writer is None:
                raise ValueError("no maps were added")
            try:
                self._writer.close()
                self._process.stdin.close()
            except BrokenPipeError:
                pass  # it has failed, and says why
            self._scores = Scores(self._process.output())
        return self._scores

    def __enter__(self) -> Scorer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._scores is None:
            self._process.kill()


def score(
    maps: Any,
    sequences: Any = None,
    *,
    ids: Any = None,
    truth: Any = None,
    axes: str | None = None,
    model: str = "model",
    workers: int | None = None,
    **options: Any,
) -> Scores:
    """Scores how consistent attribution maps are.

    Parameters
    ----------
    maps : array, path, paths, dict or iterator
        - array of shape (n, L, 4) or (n, 4, L): NumPy, PyTorch, JAX, TensorFlow, h5py or zarr; read some rows at a time
        - path, or list of paths, of files that ``attrstream inspect`` knows
        - dict from names of models to one of these
        - iterator of batches: tuples or dicts of the arguments of `Scorer.add`
    sequences : strings, array or path
        The DNA of the maps, as text or one-hot; not of an iterator, whose batches have theirs, and of files only if
        they hold none.
    ids, truth : optional
        As of `Scorer.add`, for all maps; for files, ``truth`` is a path.
    axes : {'L4', '4L'}, optional
        Axes of the maps after the first, if their shape leaves it open.
    model : str
        Name of the model; files of several models are told apart by their own names if it is left out.
    workers : int, optional
        Threads that score.
    **options
        Further options of ``attrstream score``, with ``_`` for ``-``.

    Returns
    -------
    Scores

    Raises
    ------
    AttrstreamError
        If the maps cannot be scored.
    ValueError
        For shapes that do not go together.

    Examples
    --------
    >>> import attrstream, numpy
    >>> random = numpy.random.default_rng(0)
    >>> one_hot = numpy.eye(4, dtype="uint8")[random.integers(4, size=(50, 100))]
    >>> scores = attrstream.score(random.normal(size=(50, 100, 4)), one_hot, model="noise")
    >>> scores.records, 0 <= scores.angular.cv < 0.01
    (50, True)
    """
    if isinstance(maps, Mapping):
        each = [
            score(of_one, sequences, ids=ids, truth=truth, axes=axes, model=name, workers=workers, **options)
            for name, of_one in maps.items()
        ]
        return _joined(each)
    if _is_path(maps) or (isinstance(maps, (list, tuple)) and maps and all(map(_is_path, maps))):
        return _score_files([maps] if _is_path(maps) else list(maps), sequences, truth, axes, model, workers, options)
    with Scorer(model, axes=axes, workers=workers, **options) as scorer:
        for batch in _batches(maps, sequences, ids, truth):
            scorer.add(**batch)
        return scorer.result()


def _batches(maps: Any, sequences: Any, ids: Any, truth: Any) -> Iterator[dict[str, Any]]:
    if hasattr(maps, "shape"):
        yield from slices(maps, sequences, ids, truth)
        return
    if not isinstance(maps, Iterable):
        raise TypeError(f"maps are {type(maps).__name__}, expected an array, paths, a dict or an iterator of batches")
    if sequences is not None or ids is not None or truth is not None:
        raise ValueError("batches of an iterator have their own sequences, ids and truth")
    for batch in maps:
        parts = batch if isinstance(batch, Mapping) else dict(zip(("maps", "sequences", "ids", "truth"), batch))
        yield from slices(**parts)


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _score_files(
    paths: list[Any],
    sequences: Any,
    truth: Any,
    axes: str | None,
    model: str,
    workers: int | None,
    options: dict[str, Any],
) -> Scores:
    named = {"model": None if model == "model" else model, "axes": axes, "workers": workers}
    beside = {"sequences": sequences, "truth_file": truth}
    for name, value in beside.items():
        if value is not None and not _is_path(value):
            raise TypeError(f"{name} of files is {type(value).__name__}, expected a path")
    words = flags({**named, **beside, **options})
    return Scores(run_command("score", "--format=json", *words, "--", *map(os.fspath, paths)))


def _joined(each: list[Scores]) -> Scores:
    """Scores of several runs as one document, which has the provenance of the first."""
    first, *_ = documents = [scores.to_dict() for scores in each]
    first["models"] = [model for document in documents for model in document["models"]]
    return Scores(json.dumps(first).encode())
