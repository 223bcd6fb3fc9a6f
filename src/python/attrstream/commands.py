"""Further commands of attrstream."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from ._batches import paths_of, record_batches
from ._process import MapStream, Process, flags, run_command
from .scores import Scores


def compare(*scores: Scores | str | os.PathLike[str], **options: Any) -> dict[str, Any]:
    """Compares models pairwise, with standard errors and p-values.

    Parameters
    ----------
    *scores : Scores, or path of scores.json or of a folder with one
        Of models that were scored on the same sequences.
    **options
        Of ``attrstream compare``, as ``statistic="cv"``.

    Returns
    -------
    dict
        ``models``, and ``differences``: a dict for each pair and metric with ``difference_nats``, ``se_nats``, ``p``,
        ``p_holm`` and ``better``.

    Examples
    --------
    >>> import attrstream
    >>> names = ["exponential-standard.arrow", "relu-spectral-norm.arrow"]
    >>> scores = attrstream.score([attrstream.sample(name) for name in names])
    >>> attrstream.compare(scores, metric="kmer", statistic="cv")["differences"][0]["better"]
    'exponential-standard'
    """
    with _paths_of(scores) as paths:
        document: dict[str, Any] = json.loads(run_command("compare", "--format=json", *flags(options), "--", *paths))
    return document


def select(
    *scores: Scores | str | os.PathLike[str], performance: Any, by: str, **options: Any
) -> dict[str, Any]:
    """Joins scores with generalisation: filters and ranks models, and finds the Pareto front.

    Parameters
    ----------
    *scores : Scores, or path of scores.json or of a folder with one
    performance : path, or DataFrame of pandas or polars
        A row for each model, with a column ``model``.
    by : str
        Its column of generalisation, as ``auroc``.
    **options
        Of ``attrstream select``, as ``filter="auroc>=0.97"``.

    Returns
    -------
    dict
        The content of selection.json.
    """
    with _paths_of(scores) as paths, tempfile.TemporaryDirectory() as folder:
        table = performance
        if not isinstance(performance, (str, os.PathLike)):
            table = Path(folder, "performance.csv")
            frame = performance
            frame.to_csv(table, index=False) if hasattr(frame, "to_csv") else frame.write_csv(table)
        words = flags({"performance": table, "by": by, **options})
        document: dict[str, Any] = json.loads(run_command("select", "--format=json", *words, "--", *paths))
    return document


def transform(
    maps: Any,
    sequences: Any = None,
    *,
    ids: Any = None,
    truth: Any = None,
    axes: str | None = None,
    stages: str = "correct",
    **options: Any,
) -> pa.RecordBatchReader:
    """Turns maps into other maps, attributed runs or features, which are read as they are made.

    Parameters
    ----------
    maps : path, paths, array or iterator
        As of `score`. An iterator is run in a thread of its own.
    sequences, ids, truth, axes : optional
        Of arrays, as of `score`.
    stages : str
        What is made of each map, in order, as ``correct,normalise`` or ``runs``.
    **options
        Of ``attrstream transform``.

    Returns
    -------
    pyarrow.RecordBatchReader
        It raises AttrstreamError if the maps are bad, and what the iterator raises.

    Examples
    --------
    >>> import attrstream
    >>> attrstream.transform(attrstream.sample("tf-mindi.parquet"), stages="runs").read_all().num_rows
    682
    """
    paths = paths_of(maps)
    words = ["transform", *flags({"stages": stages, "format": "arrow", **options})]
    if paths is not None:
        process, feed = Process([*words, *flags({"axes": axes}), "--", *paths]), None
    else:
        process = Process([*words, "-"], feeds=True)
        feed = _Feed(process, record_batches(maps, sequences, ids, truth, axes))
    try:
        reader = pa.ipc.open_stream(process.stdout)
    except BaseException:
        if feed is not None:
            feed.check()
        if process.stdout.closed or process.stdout.read(1) == b"":
            process.wait()
        process.kill()
        raise
    return pa.RecordBatchReader.from_batches(reader.schema, _checked(process, reader, feed))


class _Feed:
    """A thread that writes maps to a process whose output is read meanwhile. It ends with either."""

    def __init__(self, process: Process, batches: Iterator[pa.RecordBatch]) -> None:
        self._process = process
        self._batches = batches
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        stream = MapStream(self._process)
        try:
            for batch in self._batches:
                stream.write(batch)
            stream.close()
        except BrokenPipeError:
            pass  # it has ended, and says why
        except BaseException as error:
            self._error = error
            self._process.end()

    def check(self) -> None:
        """Raises what the iterator raised, once the output has ended."""
        if self._error is not None:
            raise self._error


def _checked(process: Process, reader: pa.RecordBatchReader, feed: _Feed | None) -> Iterator[pa.RecordBatch]:
    """All batches; an error of the process instead of a stream that ends too soon. It ends with the reader."""
    try:
        try:
            yield from reader
        except (pa.ArrowInvalid, OSError):  # the stream ends within a message, or within the body of one
            if feed is not None:
                feed.check()
            process.wait()
            raise
        if feed is not None:
            feed.check()
        process.wait()
    finally:
        process.kill()


def run(
    pipeline: str | os.PathLike[str], inputs: str | os.PathLike[str] | list[str], *, out: Any = None, **options: Any
) -> list[dict[str, Any]] | None:
    """Runs a pipeline of attrstream.

    Parameters
    ----------
    pipeline : str or path
        Name of a pipeline of the package, or a module in TypeScript or JavaScript.
    inputs : path or list of paths
    out : path, optional
        File for its rows: ``.parquet``, ``.csv``, ``.bed`` or ``.ndjson``.
    **options
        Of the pipeline.

    Returns
    -------
    list of dict or None
        Its rows; None if they go to `out`.
    """
    words = ["run", os.fspath(pipeline), *(paths_of(inputs) or []), *flags({"out": out, **options})]
    rows = run_command(*words)
    return None if out is not None else [json.loads(line) for line in rows.splitlines()]


@contextmanager
def _paths_of(scores: tuple[Scores | str | os.PathLike[str], ...]) -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, entry in enumerate(scores):
            if isinstance(entry, Scores):
                path = Path(folder, str(number), "scores.json")
                path.parent.mkdir()
                entry.save(path)
                paths.append(str(path))
            else:
                paths.append(os.fspath(entry))
        yield paths
