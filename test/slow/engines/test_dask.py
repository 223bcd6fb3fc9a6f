"""The recipe for Dask, on a scheduler with two workers."""

import os
import signal
from pathlib import Path

import pytest
from conftest import models_of, once, type_block

import attrstream

distributed = pytest.importorskip("dask.distributed")
import dask
import dask_score


@pytest.fixture
def client(tmp_path):
    options = {"distributed.scheduler.allowed-failures": 5}
    with dask.config.set(options), distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)
    ) as cluster, distributed.Client(cluster) as client:
        yield client


def test_two_workers_make_the_scores_of_one_process(client, population, alone):
    assert len(dask_score.row_groups(population)) == 20
    assert models_of(dask_score.score(population)) == alone


def test_a_worker_that_is_lost_and_a_task_that_fails_are_made_again(client, population, alone, tmp_path):
    def fold(place):
        file, group = place
        if (Path(file).name, group) == ("1.parquet", 2) and once(tmp_path, "killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        if (Path(file).name, group) == ("3.parquet", 4) and once(tmp_path, "failed"):
            raise OSError("storage was away")
        return dask_score.fold(place)

    assert models_of(dask_score.score(population, fold)) == alone
    assert {"killed", "failed"} <= set(os.listdir(tmp_path))


def test_an_attrstream_that_is_killed_is_made_again(client, population, alone, tmp_path):
    def fold(place):
        import subprocess

        if once(tmp_path, "killed"):
            real = subprocess.Popen

            def killed(*words, **options):
                subprocess.Popen = real
                child = real(*words, **options)
                child.kill()
                return child

            subprocess.Popen = killed
        return dask_score.fold(place)

    assert models_of(dask_score.score(population, fold)) == alone


def test_a_part_that_comes_twice_is_refused(population):
    places = dask_score.row_groups(population)
    states = [dask_score.fold(place) for place in [places[3], places[4], places[3]]]
    with pytest.raises(attrstream.AttrstreamError, match="0.parquet:3") as caught:
        attrstream.merge(states)
    assert caught.value.exit_code == 4


def test_the_readme_does_what_it_says(population, alone, tmp_path):
    (tmp_path / "maps").symlink_to(population)
    type_block("pipelines/dask/README.md", "dask_score.py", tmp_path)
    assert models_of(attrstream.Scores.load(tmp_path / "scores.json")) == alone
