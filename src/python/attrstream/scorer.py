"""Scoring of maps that are in memory, in files, or in the making."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from ._batches import is_path, paths_of, record_batches, rows_of
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

    def add(self, maps: Any, sequences: Any = None, ids: Any = None, truth: Any = None) -> None:
        """Adds maps; waits while the scoring is behind.

        Parameters
        ----------
        maps : array of shape (n, L, 4) or (n, 4, L), or RecordBatch or Table of pyarrow
            Attributions as float16, float32 or float64, of NumPy, PyTorch, JAX or TensorFlow; L may differ between calls.
            Or rows with the columns that files have, and no further arguments.
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
        for batch in record_batches(maps, sequences, ids, truth, self._axes):
            self._write(batch)

    def _write(self, batch: pa.RecordBatch) -> None:
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

    def state(self) -> bytes:
        """The sums of a part, some megabytes whatever it holds, for `merge` and `merge_states`.

        Raises
        ------
        ValueError
            If the `Scorer` was made without ``part``.
        """
        if self._state is None:
            raise ValueError("only sums of a part can be saved: name it, as in Scorer(part='gpu-0')")
        self._finish()
        return self._state.read_bytes()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes `state` to a file."""
        Path(path).write_bytes(self.state())

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
    model: str | None = None,
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
        - RecordBatch or Table of pyarrow, with the columns that files have
        - dict from names of models to one of these
        - iterator of batches: tables, or tuples or dicts of the arguments of `Scorer.add`; a RecordBatchReader is one
    sequences : strings, array or path
        The DNA of the maps, as text or one-hot; not of an iterator, whose batches have theirs, and of files only if
        they hold none.
    ids, truth : optional
        As of `Scorer.add`, for all maps; for files, ``truth`` is a path.
    axes : {'L4', '4L'}, optional
        Axes of the maps after the first, if their shape leaves it open.
    model : str, optional
        Name of the model; by default that of each file, and of arrays ``model``.
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
        named = {"model": model, "axes": axes, "workers": workers}
        with Progress(progress, "B") as bar:
            return _score_files(paths, sequences, truth, {**named, **options}, bar)
    total = rows_of(maps) if hasattr(maps, "shape") else None
    with Scorer(model or "model", axes=axes, workers=workers, **options) as scorer, Progress(progress, "maps", total) as bar:
        for batch in record_batches(maps, sequences, ids, truth, axes):
            scorer.add(batch)
            bar.add(batch.num_rows)
        return scorer.result()


def fold(
    maps: Any,
    sequences: Any = None,
    *,
    part: str,
    ids: Any = None,
    truth: Any = None,
    axes: str | None = None,
    model: str = "model",
    workers: int | None = None,
    **options: Any,
) -> bytes:
    """The sums of a part of a population, as a task of Ray, Dask or Spark makes them of its partition.

    Parameters
    ----------
    part : str
        Name of the part, the same whenever the task is tried again: `merge` refuses one that comes twice.
    maps, sequences, ids, truth, axes, model, workers, **options
        As of `score`; maps of one model.

    Returns
    -------
    bytes
        A state of some megabytes, whatever it holds.

    Examples
    --------
    >>> import attrstream, numpy
    >>> random, states = numpy.random.default_rng(0), []
    >>> for part in "ab":
    ...     one_hot = numpy.eye(4, dtype="uint8")[random.integers(4, size=(30, 80))]
    ...     ids = [f"{part} {row}" for row in range(30)]
    ...     states.append(attrstream.fold(random.normal(size=(30, 80, 4)), one_hot, part=part, ids=ids))
    >>> attrstream.merge(states).records
    60
    """
    if paths_of(maps) is not None:
        raise TypeError("files are folded by the command line: attrstream fold")
    with Scorer(model, axes=axes, workers=workers, part=part, **options) as scorer:
        for batch in record_batches(maps, sequences, ids, truth, axes):
            scorer.add(batch)
        return scorer.state()


def merge(states: Iterable[bytes | str | os.PathLike[str]], **options: Any) -> Scores:
    """Scores of a population whose parts were scored apart.

    Parameters
    ----------
    states : iterable of bytes or paths
        Of `fold`, `Scorer.state`, `merge_states` or ``attrstream fold``, of parts with different names; in any order.
    **options
        Of ``attrstream merge``: ``expect_parts=20`` is an error if parts are missing.

    Returns
    -------
    Scores
        The same as of all maps at once.

    Raises
    ------
    AttrstreamError
        If a part comes twice (exit code 4), parts are missing (3), or states are of other options (78).

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
    with _files_of(states) as (_, words):
        return Scores(run_command("merge", "--format=json", *flags(options), *words))


def merge_states(states: Iterable[bytes | str | os.PathLike[str]], **options: Any) -> bytes:
    """The state of several parts together: merging in a tree gives the scores of merging at once.

    Parameters are those of `merge`; the states are of one model.
    """
    with _files_of(states) as (folder, words):
        merged = Path(folder, "merged")
        run_command("merge", "--format=json", *flags({**options, "state": merged}), *words)
        return merged.read_bytes()


@contextmanager
def _files_of(states: Iterable[bytes | str | os.PathLike[str]]) -> Iterator[tuple[str, list[str]]]:
    """A folder that lasts as long, and words that name the files of states, those in memory among them."""
    with tempfile.TemporaryDirectory(prefix="attrstream-") as folder:
        names = []
        for number, state in enumerate(states):
            if isinstance(state, (bytes, bytearray, memoryview)):
                path = Path(folder, f"{number}.state")
                path.write_bytes(state)
                names.append(str(path))
            else:
                names.append(os.path.abspath(state))
        listed = Path(folder, "list")
        listed.write_text("".join(f"{name}\n" for name in names))
        yield folder, ["--list", str(listed)]


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
