"""What goes wrong."""

from __future__ import annotations

from typing import Any


class AttrstreamError(Exception):
    """What attrstream reports: bad data, wrong options, a failure of reading or writing, a process that died.

    Attributes
    ----------
    code : str or None
        Kind of the error, as ``format``, ``damaged``, ``usage`` or ``io``; None for a process that died.
    exit_code : int
        Of the command line, as its table of exit codes has it; negative for the number of the signal that killed it.
    file, batch, row, id
        Where the error is, None if that is not known. Rows and batches are counted from 0.

    Examples
    --------
    >>> import attrstream
    >>> try:
    ...     attrstream.score("no-such.parquet")
    ... except attrstream.AttrstreamError as error:
    ...     print(error.code, error.exit_code, error.file)
    not-found 1 no-such.parquet
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        exit_code: int = 70,
        file: str | None = None,
        batch: int | None = None,
        row: int | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = exit_code
        self.file = file
        self.batch = batch
        self.row = row
        self.id = id

    @classmethod
    def of_event(cls, event: dict[str, Any]) -> AttrstreamError:
        """The error that a last line of ``--log json`` describes."""
        where = {key: event.get(key) for key in ("code", "file", "batch", "row", "id")}
        return cls(event["message"], exit_code=event.get("exit_code", 70), **where)
