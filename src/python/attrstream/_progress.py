"""Bars of progress, by tqdm."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


class Progress:
    """A bar while maps are read; none if it is not wanted, or if there is no tqdm.

    Parameters
    ----------
    shown : bool or None
        None for a bar if standard error is a terminal, or this a notebook.
    unit : str
        What is counted.
    total : int, optional
        How many there are.

    Raises
    ------
    ImportError
        If `shown` is True and tqdm is not installed.
    """

    def __init__(self, shown: bool | None, unit: str, total: int | None = None) -> None:
        self._bar: Any = None
        wanted = shown if shown is not None else sys.stderr.isatty() or "ipykernel.kernelapp" in sys.modules
        if not wanted:
            return
        try:
            from tqdm.auto import tqdm
        except ImportError:
            if shown:
                raise
            return
        self._bar = tqdm(total=total, unit=unit if unit == "B" else f" {unit}", unit_scale=unit == "B")

    def add(self, count: int) -> None:
        if self._bar is not None:
            self._bar.update(count)

    def follow(self, event: dict[str, Any]) -> None:
        """Moves the bar to the bytes that a line of log has."""
        if self._bar is not None and event["event"] in ("progress", "done"):
            self._bar.total = event["expected_bytes"] or None
            self._bar.update(event["bytes"] - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
