"""What the tests of the Python package share. They run on an installed wheel: see .ci/run-python."""

import numpy as np
import pytest

import attrstream


def population(seed, n=120, length=90, axes="L4", dtype="float32"):
    """Random maps with one motif planted in each, and their one-hot sequences."""
    random = np.random.default_rng(seed)
    one_hot = np.eye(4, dtype=np.uint8)[random.integers(4, size=(n, length))]
    maps = random.normal(0, 0.2, size=(n, length, 4))
    motif = np.eye(4, dtype=np.uint8)[[2, 0, 3, 0, 0, 2]]
    for row, at in enumerate(random.integers(length - 6, size=n)):
        one_hot[row, at : at + 6] = motif
        maps[row, at : at + 6] += 2 * motif
    maps = maps.astype(dtype)
    return (maps, one_hot) if axes == "L4" else (maps.swapaxes(1, 2), one_hot.swapaxes(1, 2))


def text(one_hot):
    return ["".join("ACGT"[base] for base in row) for row in one_hot.argmax(2)]


def scores_of(scores):
    """The document without its provenance, which names times and files."""
    return {key: value for key, value in scores.to_dict().items() if key != "provenance"}


@pytest.fixture
def arrow_file(tmp_path):
    """A file as the command line reads it, written by `Writer`."""

    def write(maps, sequences, **more):
        path = tmp_path / "model.arrow"
        with attrstream.Writer(path) as writer:
            writer.add(maps, sequences, **more)
        return path

    return write
