"""Maps in memory, through the pipe, against the command line that reads the same maps from an Arrow file."""

import subprocess
import time

import numpy as np

import attrstream
from attrstream._node import MAIN, node

LEAST = 0.7
RECORDS, DISTINCT, LENGTH = 4000, 1000, 2048


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_the_pipe_has_most_of_the_speed_of_a_file(tmp_path):
    """The shortest of some turns of each, by one worker; further turns if other work disturbed the first."""
    random = np.random.default_rng(0)
    repeats = RECORDS // DISTINCT
    sequences = ["".join("ACGT"[base] for base in row) for row in random.integers(4, size=(DISTINCT, LENGTH))] * repeats
    maps = np.tile(random.normal(size=(DISTINCT, LENGTH, 4)).astype("float32"), (repeats, 1, 1))
    path = tmp_path / "maps.arrow"
    with attrstream.Writer(path) as writer:
        writer.add(maps, sequences)
    command = [node(), str(MAIN), "score", str(path), "--workers", "1", "--format", "json"]
    of_file, of_pipe, share = [], [], 0.0
    for turn in range(8):
        of_file.append(seconds(lambda: subprocess.run(command, check=True, capture_output=True)))
        of_pipe.append(seconds(lambda: attrstream.score(maps, sequences, workers=1)))
        share = min(of_file) / min(of_pipe)
        if turn >= 2 and share >= LEAST:
            break
    print(f"file {min(of_file):.2f} s, pipe {min(of_pipe):.2f} s: {share:.0%} of the speed")
    assert share >= LEAST
