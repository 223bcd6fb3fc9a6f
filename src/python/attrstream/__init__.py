"""Consistency scores of attribution maps, streamed.

``score`` scores maps that are in memory, in files, or come batch by batch; ``Scorer`` scores them as a loop makes them;
``Writer`` writes them to a file that the command line ``attrstream`` reads. The numbers are those of the command line,
to the last bit, which runs in a process of its own.
"""

from ._node import sample
from .commands import compare, run, select, transform
from .errors import AttrstreamError
from .scorer import Scorer, fold, merge, merge_states, score
from .scores import Metric, ModelScores, Scores
from .writer import Writer

__all__ = [
    "AttrstreamError",
    "Metric",
    "ModelScores",
    "Scorer",
    "Scores",
    "Writer",
    "compare",
    "fold",
    "merge",
    "merge_states",
    "run",
    "sample",
    "score",
    "select",
    "transform",
]
