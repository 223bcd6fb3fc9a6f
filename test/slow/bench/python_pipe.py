"""The Python package against the command line: maps in memory through a pipe, and the same maps in a file.

    python test/slow/bench/python_pipe.py [RUNS]

Needs the wheel (`npm run build:wheel`) installed. Both score by one worker, in turns; prints the shortest times and their
ratio.
"""

import os
import subprocess
import sys
import tempfile
import time

import numpy as np

import attrstream

RECORDS, DISTINCT, LENGTH = 10_000, 2_000, 2048

random = np.random.default_rng(0)
repeats = RECORDS // DISTINCT
sequences = ["".join("ACGT"[base] for base in row) for row in random.integers(4, size=(DISTINCT, LENGTH))] * repeats
maps = np.tile(random.normal(size=(DISTINCT, LENGTH, 4)).astype("float32"), (repeats, 1, 1))


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "maps.arrow")
    with attrstream.Writer(path) as writer:
        writer.add(maps, sequences)
    command = [sys.executable, "-m", "attrstream", "score", path, "--workers", "1", "--format", "json"]
    times = [
        (
            seconds(lambda: subprocess.run(command, check=True, capture_output=True)),
            seconds(lambda: attrstream.score(maps, sequences, workers=1)),
        )
        for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
    ]
of_file, of_pipe = map(min, zip(*times, strict=True))
print(f"file {of_file:.2f} s, pipe {of_pipe:.2f} s: the pipe has {of_file / of_pipe:.0%} of the speed of the file")
