"""The recipe in WDL, by miniwdl with tasks on this machine rather than in containers."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import attrstream

MINIWDL = os.environ.get("MINIWDL") or shutil.which("miniwdl")
pytestmark = pytest.mark.skipif(not MINIWDL or not Path(MINIWDL).exists(), reason="miniwdl is not installed")


@pytest.fixture
def world(tmp_path):
    """An `attrstream` whose first try of shard 1 dies."""
    wrapper = tmp_path / "bin/attrstream"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f"""#!/bin/sh
case "$*" in *"--shard 1/"*) if mkdir {tmp_path}/killed 2>/dev/null; then kill -9 $$; fi;; esac
exec {Path(sys.executable).with_name("attrstream")} "$@"
"""
    )
    wrapper.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{wrapper.parent}:{os.environ['PATH']}",
        "MINIWDL__SCHEDULER__CONTAINER_BACKEND": "bare",
        "MINIWDL__SCHEDULER__CALL_CONCURRENCY": "2",
        "MINIWDL__FILE_IO__ALLOW_ANY_INPUT": "true",
    }
    return tmp_path, environment


def test_the_workflow_passes_the_checker():
    done = subprocess.run([MINIWDL, "check", "--strict", "--suppress", "CommandShellCheck", ROOT / "pipelines/wdl/score.wdl"])
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("options", "passes"), [({"k": 5}, 1), ({"convention": "acme-atac"}, 2)], ids=["one pass", "a global threshold"]
)
def test_two_workers_make_the_scores_of_one_process_and_a_killed_shard_is_made_again(world, population, options, passes):
    folder, environment = world
    given = {
        "maps": [str(path) for path in sorted(population.glob("*.parquet"))],
        "model": "resnet",
        "shards": 20,
        "options": " ".join(f"{'-' if len(name) == 1 else '--'}{name} {value}" for name, value in options.items()),
        "global_threshold": passes == 2,
    }
    (folder / "inputs.json").write_text(json.dumps(given))
    command = [MINIWDL, "run", ROOT / "pipelines/wdl/score.wdl", "-i", folder / "inputs.json", "-d", folder / "run", "--no-color"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (folder / "killed").exists()
    outputs = json.loads(done.stdout)["outputs"]
    merged = attrstream.Scores.load(outputs["score.scores"])
    alone = attrstream.score(population, model="resnet", **options)
    assert json.dumps(merged.to_dict()["models"]) == json.dumps(alone.to_dict()["models"])
