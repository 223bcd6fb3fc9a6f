"""The recipe for Ray Data, with two actors."""

import os
import signal

import pytest
from conftest import models_of, once, type_block

import attrstream

ray = pytest.importorskip("ray")
pytest.importorskip("ray.data")
import ray_score


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ["RAY_memory_monitor_refresh_ms"] = "0"  # its limit is for machines with more memory
    os.environ["RAY_raylet_start_wait_time_s"] = "240"  # of a machine that does other work
    os.environ["RAY_worker_niceness"] = "0"
    ray.init(num_cpus=4, include_dashboard=False, object_store_memory=400_000_000, log_to_driver=False)
    yield
    ray.shutdown()


BLOCK = 60
"""Rows of a block: the population has 20 of them."""


def test_two_actors_make_the_scores_of_one_process(population, alone, tmp_path):
    class Counts(ray_score.Fold):
        def __call__(self, block):
            assert block.num_rows == BLOCK
            open(tmp_path / block["id"][0].as_py(), "x").close()
            return super().__call__(block)

    assert models_of(ray_score.score(str(population), size=BLOCK, fold=Counts)) == alone
    assert len(os.listdir(tmp_path)) == 20


def test_an_actor_that_is_lost_is_started_again_and_its_block_made_again(population, alone, tmp_path):
    class Dies(ray_score.Fold):
        def __call__(self, block):
            if once(tmp_path, "lost"):
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__call__(block)

    assert models_of(ray_score.score(str(population), size=BLOCK, fold=Dies)) == alone
    assert os.listdir(tmp_path) == ["lost"]


def test_a_task_that_fails_is_tried_again(population, alone, tmp_path):
    """An attrstream that is killed below a merge."""

    @ray.remote(max_retries=3, retry_exceptions=True)
    def fold(number):
        scorer = attrstream.Scorer(part=str(number))
        if once(tmp_path, "killed"):
            scorer._process.end()
        with scorer:
            scorer.add(attrstream_rows(population, number))
            return scorer.state()

    states = ray.get([fold.remote(number) for number in range(4)])
    assert models_of(attrstream.merge(states, expect_parts=4)) == alone


def attrstream_rows(folder, number):
    import pyarrow.parquet as parquet

    return parquet.read_table(folder / f"{number}.parquet", columns=["id", "sequence", "attributions"])


def test_a_block_that_comes_twice_is_refused(population):
    fold = ray_score.Fold()
    states = [fold(attrstream_rows(population, number))["state"][0].as_py() for number in (0, 1, 0)]
    with pytest.raises(attrstream.AttrstreamError) as caught:
        attrstream.merge(states)
    assert caught.value.exit_code == 4


def test_the_readme_does_what_it_says(population, alone, tmp_path):
    (tmp_path / "maps").symlink_to(population)
    type_block("pipelines/ray/README.md", "ray_score.py", tmp_path)
    assert models_of(attrstream.Scores.load(tmp_path / "scores.json")) == alone
