"""Scores of models, as attrstream computes them."""

from __future__ import annotations

import html
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._process import flags, run_command


@dataclass(frozen=True)
class Metric:
    """A consistency metric of a population of maps, in nats.

    Attributes
    ----------
    cv, cv_se : float or None
        Cross-validated consistency and its standard error: 0 for noise; the value to compare models by.
    kld, se : float
        The Kullback-Leibler divergence of the paper, and its standard error.
    excess, excess_se : float or None
        The divergence above that of noise of the same size, and its standard error.
    null : float or None
        The divergence of that noise.
    floor_share : float or None
        ``null / kld``.
    details : dict
        All that scores.json has of the metric, options included.
    """

    cv: float | None
    cv_se: float | None
    kld: float
    se: float | None
    excess: float | None
    excess_se: float | None
    null: float | None
    floor_share: float | None
    details: dict[str, Any]

    @classmethod
    def of(cls, details: dict[str, Any]) -> Metric:
        nats = {
            name: details.get(f"{name}_nats") for name in ("cv", "cv_se", "se", "excess", "excess_se", "null")
        }
        return cls(kld=details["kld_nats"], floor_share=details.get("floor_share"), details=details, **nats)


@dataclass(frozen=True)
class ModelScores:
    """Scores of one model.

    Attributes
    ----------
    model : str
    records : int
        Maps that were scored.
    kmer : Metric
        k-mers in attributed runs against those of all sequences.
    angular : Metric
        Directions of attributed windows against their smoothed distribution.
    warnings : list of str
        What a reader of the scores must know.
    details : dict
        All that scores.json has of the model.
    """

    model: str
    records: int
    kmer: Metric
    angular: Metric
    warnings: list[str]
    details: dict[str, Any]

    @classmethod
    def of(cls, details: dict[str, Any]) -> ModelScores:
        return cls(
            model=details["model"],
            records=details["records"],
            kmer=Metric.of(details["kmer"]),
            angular=Metric.of(details["angular"]),
            warnings=[entry if isinstance(entry, str) else entry["message"] for entry in details.get("warnings", [])],
            details=details,
        )

    def row(self) -> dict[str, Any]:
        """Plain values by the names that scores.csv has."""
        row: dict[str, Any] = {"model": self.model, "records": self.records, "positions": self.details["positions"]}
        for name, metric in (("kmer", self.kmer), ("angular", self.angular)):
            for key, value in metric.details.items():
                if not isinstance(value, (dict, list)):
                    row[key if key in _UNPREFIXED else f"{name}_{key}"] = value
        return row


_UNPREFIXED = {"attributed_kmers", "runs", "points", "effective_points"}


class Scores(Mapping[str, ModelScores]):
    """Scores of one or more models, by their names. With one model, its attributes are those of the scores as well.

    Examples
    --------
    >>> import attrstream
    >>> scores = attrstream.score(attrstream.sample("tf-mindi.parquet"))
    >>> scores.records
    42
    >>> round(scores.kmer.kld, 3)
    1.593
    >>> list(scores)
    ['tf-mindi']
    """

    def __init__(self, text: bytes) -> None:
        self.json = text
        """The text of scores.json."""
        self._document = json.loads(text)
        self._models = {details["model"]: ModelScores.of(details) for details in self._document["models"]}
        if len(self._models) < len(self._document["models"]):
            names = ", ".join(self._models)
            raise ValueError(f"several files have models of the same names ({names}); score each file by itself, or merge them")

    @classmethod
    def load(cls, path: str | Path) -> Scores:
        """Scores of a file that ``save`` or the command line wrote."""
        return cls(Path(path).read_bytes())

    def __getitem__(self, model: str) -> ModelScores:
        return self._models[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def _only(self) -> ModelScores:
        if len(self._models) != 1:
            raise AttributeError(f"of {len(self._models)} models; take one by its name: {', '.join(self._models)}")
        return next(iter(self._models.values()))

    @property
    def model(self) -> str:
        """Name of the only model."""
        return self._only().model

    @property
    def records(self) -> int:
        """Maps of the only model."""
        return self._only().records

    @property
    def kmer(self) -> Metric:
        """k-mer metric of the only model."""
        return self._only().kmer

    @property
    def angular(self) -> Metric:
        """Angular metric of the only model."""
        return self._only().angular

    @property
    def warnings(self) -> list[str]:
        """What a reader must know, of all models."""
        return [warning for scores in self._models.values() for warning in scores.warnings]

    def to_dict(self) -> dict[str, Any]:
        """The content of scores.json, which docs/tables.md describes."""
        document: dict[str, Any] = json.loads(self.json)
        return document

    def to_frame(self) -> Any:
        """A row for each model, as a DataFrame of pandas, or of polars if there is no pandas.

        Raises
        ------
        ImportError
            If neither is installed.
        """
        rows = [scores.row() for scores in self._models.values()]
        try:
            import pandas
        except ImportError:
            import polars

            return polars.DataFrame(rows)
        return pandas.DataFrame(rows)

    def save(self, path: str | Path) -> None:
        """Writes scores.json."""
        Path(path).write_bytes(self.json)

    def report(self, path: str | Path, **options: Any) -> None:
        """Writes one HTML page with tables and figures.

        Parameters
        ----------
        path : path
            File to write, as ``report.html``.
        **options
            Of ``attrstream report``.
        """
        with tempfile.TemporaryDirectory() as folder:
            scores = Path(folder, "scores.json")
            self.save(scores)
            run_command("report", str(scores), "--out", str(path), *flags(options))

    def __repr__(self) -> str:
        return f"<Scores of {', '.join(self._models)}>"

    def _repr_html_(self) -> str:
        heads = ["model", "records", "k-mer cv", "k-mer excess", "k-mer KLD", "angular cv", "angular excess", "angular KLD"]
        rows = "".join(_html_row(scores) for scores in self._models.values())
        notes = "".join(f"<li>{html.escape(warning)}</li>" for warning in self.warnings)
        head = "".join(f"<th>{name}</th>" for name in heads)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><ul>{notes}</ul>"


def _html_row(scores: ModelScores) -> str:
    cells = [html.escape(scores.model), str(scores.records)]
    for metric in (scores.kmer, scores.angular):
        pairs = ((metric.cv, metric.cv_se), (metric.excess, metric.excess_se), (metric.kld, metric.se))
        cells += [_with_error(value, error) for value, error in pairs]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _with_error(value: float | None, error: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if error is None else f"{value:.3f} ± {error:.3f}"
