"""The recipe for Dagster: its assets materialised by two processes at once, with the events in one instance."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from conftest import ROOT, write_population

import attrstream

dagster = pytest.importorskip("dagster")

RECIPE = ROOT / "pipelines/dagster/definitions.py"
WORKER = """
import importlib.util, sys
import dagster as dg
spec = importlib.util.spec_from_file_location("definitions", sys.argv[1])
definitions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(definitions)
assets = definitions.assets_of("resnet")
pipes = {"pipes": dg.PipesSubprocessClient()}
instance = dg.DagsterInstance.get()
ok = True
for part in sys.argv[3:]:
    keys = [asset for asset in assets if asset.key.path[-1] == f"resnet_{sys.argv[2]}"]
    result = dg.materialize(assets, selection=keys, partition_key=part or None, resources=pipes, instance=instance,
                            raise_on_error=False)
    ok = ok and result.success
    for event in result.asset_materializations_for_node(f"resnet_{sys.argv[2]}"):
        print("metadata", {name: value.value for name, value in event.metadata.items()})
    for check in result.get_asset_check_evaluations():
        print("check", check.check_name, check.passed)
sys.exit(0 if ok else 1)
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The population in 20 files, a partition each, and a wrapper of `attrstream` that dies when it is first asked for one."""
    folder = tmp_path_factory.mktemp("dagster")
    whole = write_population(folder / "whole")
    maps = folder / "maps" / "resnet"
    maps.mkdir(parents=True)
    for path in sorted(whole.glob("*.parquet")):
        file = parquet.ParquetFile(path)
        for group in range(file.num_row_groups):
            parquet.write_table(file.read_row_group(group), maps / f"{path.stem}-{group}.parquet")
    (folder / "home").mkdir()
    (folder / "bin").mkdir()
    wrapper = folder / "bin/attrstream"
    wrapper.write_text(
        f"""#!/bin/sh
case "$*" in *2-3.parquet*) if mkdir {folder}/killed 2>/dev/null; then kill -9 $$; fi;; esac
exec {Path(sys.executable).with_name("attrstream")} "$@"
"""
    )
    wrapper.chmod(0o755)
    environment = {
        **os.environ,
        "MAPS": str(maps.parent),
        "STATES": str(folder / "states"),
        "DAGSTER_HOME": str(folder / "home"),
        "PATH": f"{wrapper.parent}:{os.environ['PATH']}",
    }
    return folder, whole, sorted(path.stem for path in maps.glob("*.parquet")), environment


def start(environment, asset, *parts):
    command = [sys.executable, "-c", WORKER, str(RECIPE), asset, *parts]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_workers_make_the_scores_of_one_process_and_a_killed_fold_is_made_again(world):
    folder, whole, parts, environment = world
    assert len(parts) == 20
    # The first run creates the tables of the instance.
    for workers in ([parts[:1]], [parts[1::2], parts[2::2]]):
        for worker in [start(environment, "states", *some) for some in workers]:
            out, err = worker.communicate()
            assert worker.returncode == 0, err[-2000:]
    assert (folder / "killed").exists()
    merge = start(environment, "scores", "")
    out, err = merge.communicate()
    assert merge.returncode == 0, err[-2000:]
    merged = attrstream.Scores.load(folder / "states/resnet.json")
    alone = attrstream.score(whole, model="model")
    assert json.dumps(merged.to_dict()["models"]) == json.dumps(alone.to_dict()["models"])
    assert f"'kmer_cv_nats': {alone.kmer.cv!r}" in out
    assert "check consistency_above_its_error True" in out


def test_a_partition_that_is_handed_in_twice_or_missing_fails_the_asset(world):
    folder, _, parts, environment = world
    state = folder / "states/resnet" / f"{parts[0]}.state"
    assert state.exists()
    twice = state.with_name("again.state")
    shutil.copyfile(state, twice)
    merge = start(environment, "scores", "")
    _, err = merge.communicate()
    assert merge.returncode == 1 and parts[0] in err
    twice.unlink()
    state.rename(folder / "away")
    merge = start(environment, "scores", "")
    _, err = merge.communicate()
    assert merge.returncode == 1 and "19" in err
