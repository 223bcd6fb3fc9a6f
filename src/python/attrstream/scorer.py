"""Scoring of maps that are in memory, in files, or in the making."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ._batches import arguments_of_batches, batch_of, is_path, paths_of, rows_of
from ._process import MapStream, Process, flags, run_command
from ._progress import Progress
from .errors import AttrstreamError
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
    part : str, optional
        Name of a part of a population whose other parts are added elsewhere: `save` keeps its sums for `merge`.
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
        self,
        model: str = "model",
        *,
        axes: str | None = None,
        workers: int | None = None,
        part: str | None = None,
        **options: Any,
    ) -> None:
        self._folder = None if part is None else tempfile.TemporaryDirectory(prefix="attrstream-")
        self._state = None if self._folder is None else Path(self._folder.name, "part.state")
        how: dict[str, Any] = {"format": "json"} if part is None else {"state": self._state, "part": part}
        named = {} if "model_column" in options else {"model": model}
        words = flags({**how, **named, "workers": workers or 1, **options})
        self._axes = axes
        self._process = Process(["score" if part is None else "fold", "-", *words], feeds=True)
        self._stream = MapStream(self._process)
        self._output: bytes | None = None

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
        batch = batch_of(maps, sequences, ids, truth, axes=self._axes)
        if self._output is not None:
            raise ValueError("the sums are closed already; maps go to a new Scorer")
        try:
            self._stream.write(batch)
            return
        except BrokenPipeError:
            pass  # it has ended, and says why
        self._process.wait()
        raise AttrstreamError("attrstream ended before it had read all maps")

    def _finish(self) -> bytes:
        """Standard output of the process, once it has all maps."""
        if self._output is None:
            try:
                self._stream.close()
            except BrokenPipeError:
                pass  # it has failed, and says why
            self._output = self._process.output()
        return self._output

    def result(self) -> Scores:
        """Scores of all maps that were added; of a part, of its maps alone."""
        output = self._finish()
        return Scores(output) if self._state is None else merge([self._state])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the sums of a part, for `merge`.

        Raises
        ------
        ValueError
            If the `Scorer` was made without ``part``.
        """
        if self._state is None:
            raise ValueError("only sums of a part can be saved: name it, as in Scorer(part='gpu-0')")
        self._finish()
        shutil.copyfile(self._state, path)

    def __enter__(self) -> Scorer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._output is None:
            self._process.kill()
        if self._folder is not None:
            self._folder.cleanup()


def score(
    maps: Any,
    sequences: Any = None,
    *,
    ids: Any = None,
    truth: Any = None,
    axes: str | None = None,
    model: str = "model",
    workers: int | None = None,
    progress: bool | None = None,
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
    progress : bool, optional
        Whether tqdm shows a bar; by default in a terminal and in a notebook, if tqdm is installed.
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
        given = {"ids": ids, "truth": truth, "axes": axes, "workers": workers, "progress": progress, **options}
        return _joined([score(of_one, sequences, model=name, **given) for name, of_one in maps.items()])
    paths = paths_of(maps)
    if paths is not None:
        named = {"model": None if model == "model" else model, "axes": axes, "workers": workers}
        with Progress(progress, "B") as bar:
            return _score_files(paths, sequences, truth, {**named, **options}, bar)
    total = rows_of(maps) if hasattr(maps, "shape") else None
    with Scorer(model, axes=axes, workers=workers, **options) as scorer, Progress(progress, "maps", total) as bar:
        for batch in arguments_of_batches(maps, sequences, ids, truth):
            scorer.add(**batch)
            bar.add(rows_of(batch["maps"]))
        return scorer.result()


def merge(states: Iterable[str | os.PathLike[str]], **options: Any) -> Scores:
    """Scores of a population whose parts were scored apart.

    Parameters
    ----------
    states : iterable of paths
        Files of `Scorer.save`, or of ``attrstream fold``, of parts with different names; in any order.
    **options
        Of ``attrstream merge``.

    Returns
    -------
    Scores
        The same as of all maps at once.

    Examples
    --------
    >>> import attrstream, numpy, os, tempfile
    >>> folder, random = tempfile.mkdtemp(), numpy.random.default_rng(0)
    >>> paths = [os.path.join(folder, f"{part}.state") for part in "ab"]
    >>> for path in paths:
    ...     one_hot = numpy.eye(4, dtype="uint8")[random.integers(4, size=(30, 80))]
    ...     with attrstream.Scorer(part=path) as scorer:
    ...         scorer.add(random.normal(size=(30, 80, 4)), one_hot, ids=[f"{path} {row}" for row in range(30)])
    ...         scorer.save(path)
    >>> attrstream.merge(paths).records
    60
    """
    return Scores(run_command("merge", "--format=json", *flags(options), "--", *[os.fspath(state) for state in states]))


def _score_files(paths: list[str], sequences: Any, truth: Any, options: dict[str, Any], bar: Progress) -> Scores:
    others = {"sequences": sequences, "truth_file": truth}
    for name, value in others.items():
        if value is not None and not is_path(value):
            raise TypeError(f"{name} of files is {type(value).__name__}, expected a path")
    words = flags({**others, **options})
    return Scores(run_command("score", "--format=json", *words, "--", *paths, on_event=bar.follow))


def _joined(each: list[Scores]) -> Scores:
    """Scores of several runs as one document, which has the provenance of the first."""
    first, *_ = documents = [scores.to_dict() for scores in each]
    first["models"] = [model for document in documents for model in document["models"]]
    return Scores(json.dumps(first).encode())
