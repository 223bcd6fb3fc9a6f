"""The sequences of the task, as `attrstream synth-sequences` writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import torch

CODES = np.full(256, 255, np.uint8)
CODES[list(b"ACGT")] = range(4)


def read_table(path: Path, split: str, positives: bool = False) -> pa.Table:
    table = pq.read_table(path, filters=pc.field("split") == split)
    return table.filter(pc.field("label") == 1) if positives else table


def one_hot(table: pa.Table) -> torch.Tensor:
    """Of shape (n, 4, L), float32."""
    letters = np.frombuffer("".join(table["sequence"].to_pylist()).encode(), np.uint8).reshape(len(table), -1)
    return torch.from_numpy(np.eye(4, dtype=np.float32)[CODES[letters]].transpose(0, 2, 1).copy())


def read_task(path: Path, split: str) -> tuple[torch.Tensor, torch.Tensor, pa.Table]:
    """One-hot sequences of shape (n, 4, L), labels of shape (n,) and the table of a split."""
    table = read_table(path, split)
    return one_hot(table), torch.from_numpy(table["label"].to_numpy().astype(np.float32)), table


def truth_of(table: pa.Table) -> np.ndarray:
    """Probabilities that positions were drawn from, of shape (n, L, 4)."""
    values = table["truth"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return values.reshape(len(table), -1, 4)
