"""Further commands of attrstream."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from ._process import Process, flags, run_command
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
    inputs: str | os.PathLike[str] | list[str], *, stages: str = "correct", **options: Any
) -> pa.RecordBatchReader:
    """Turns maps of files into other maps, attributed runs or features, which are read as they are made.

    Parameters
    ----------
    inputs : path or list of paths
    stages : str
        What is made of each map, in order, as ``correct,normalise`` or ``runs``.
    **options
        Of ``attrstream transform``.

    Returns
    -------
    pyarrow.RecordBatchReader

    Examples
    --------
    >>> import attrstream
    >>> attrstream.transform(attrstream.sample("tf-mindi.parquet"), stages="runs").read_all().num_rows
    682
    """
    words = flags({"stages": stages, "format": "arrow", **options})
    process = Process(["transform", *words, "--", *_words_of(inputs)])
    try:
        reader = pa.ipc.open_stream(process.stdout)
    except BaseException:
        if process.stdout.closed or process.stdout.read(1) == b"":
            process.wait()
        process.kill()
        raise
    return pa.RecordBatchReader.from_batches(reader.schema, _checked(process, reader))


def _checked(process: Process, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """All batches; an error of the process instead of a stream that ends too soon. It ends with the reader."""
    try:
        try:
            yield from reader
        except pa.ArrowInvalid:
            process.wait()
            raise
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
    words = ["run", os.fspath(pipeline), *_words_of(inputs), *flags({"out": out, **options})]
    rows = run_command(*words)
    return None if out is not None else [json.loads(line) for line in rows.splitlines()]


def _words_of(inputs: Any) -> list[str]:
    paths = [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs
    return [os.fspath(path) for path in paths]


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
