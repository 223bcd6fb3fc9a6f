"""A population in four Parquet files of five row groups each, and what one process makes of it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import attrstream

ROOT = Path(__file__).parents[3]
# Recipes are modules that tasks in other processes import as well.
FOLDERS = [str(Path(__file__).parent), *(str(ROOT / "pipelines" / engine) for engine in ("ray", "dask", "spark"))]
sys.path += FOLDERS
os.environ["PYTHONPATH"] = os.pathsep.join([*FOLDERS, os.environ.get("PYTHONPATH", "")])

FILES, GROUPS, ROWS, LENGTH = 4, 5, 60, 120


def motif_maps(random, rows):
    """Random maps with one motif in each, and their sequences."""
    one_hot = np.eye(4, dtype=np.float32)[random.integers(4, size=(rows, LENGTH))]
    maps = random.normal(0, 0.2, size=(rows, LENGTH, 4)).astype("float32")
    motif = np.eye(4, dtype=np.float32)[[2, 0, 3, 0, 0, 2]]
    for row, at in enumerate(random.integers(LENGTH - 6, size=rows)):
        one_hot[row, at : at + 6] = motif
        maps[row, at : at + 6] += 2 * motif
    return maps, ["".join("ACGT"[base] for base in row) for row in one_hot.argmax(2)]


def write_population(folder, models=("resnet",)):
    """`id`, `sequence`, `attributions` and `model`; the rows of several models take turns."""
    random = np.random.default_rng(7)
    folder.mkdir()
    for file in range(FILES):
        writer = None
        for group in range(GROUPS):
            maps, sequences = motif_maps(random, ROWS)
            ids = [f"chr{file + 1}:{1000 * (group * ROWS + row)}" for row in range(ROWS)]
            columns = {
                "id": ids,
                "sequence": sequences,
                "attributions": maps.tolist(),
                "model": [models[row % len(models)] for row in range(ROWS)],
            }
            types = pa.schema(
                {
                    "id": pa.string(),
                    "sequence": pa.string(),
                    "attributions": pa.list_(pa.list_(pa.float32())),
                    "model": pa.string(),
                }
            )
            table = pa.table(columns, schema=types)
            writer = writer or parquet.ParquetWriter(folder / f"{file}.parquet", types)
            writer.write_table(table)
        writer.close()
    return folder


def models_of(scores):
    """The bytes of the models' scores: all of scores.json but its provenance."""
    return json.dumps(scores.to_dict()["models"], indent=1)


@pytest.fixture(scope="session")
def population(tmp_path_factory):
    return write_population(tmp_path_factory.mktemp("dump") / "maps")


@pytest.fixture(scope="session")
def alone(population):
    """Scores of the population by one process."""
    return models_of(attrstream.score(population, model="model"))


def once(folder, name):
    """Whether this is the first call of that name, in whichever process."""
    try:
        os.close(os.open(Path(folder) / name, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def type_block(document, word, folder):
    """Runs the block of a README that has this word, as a reader would in a folder with the recipe; what it printed."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / document).read_text(), re.M | re.S)
    (block,) = [text for text in blocks if word in text]
    recipe = (ROOT / document).parent
    for file in recipe.iterdir():
        link = Path(folder) / file.name
        if not link.exists():
            link.symlink_to(file)
    commands = "\n".join(line for line in block.splitlines() if not line.startswith(("pip install", "duckdb <")))
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-euc", commands], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
