"""Scores the shards of a plan on Slurm, from Python:  python submit.py plan.json RESULTS"""

import json
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("SUBMITIT_PREEMPT_SIGNAL", "USR1")  # on which attrstream saves; submitit's own, USR2, would end it

import submitit


class Shard:
    """One shard of a plan. A job that is preempted or out of time is queued again and resumes from its checkpoint."""

    def __call__(self, plan: str, shard: int, shards: int, state: str) -> None:
        command = ["attrstream", "shard", "--plan", plan, "--shard", f"{shard}/{shards}", "--state", state]
        subprocess.run([*command, "--every", "5s"], check=True)

    def checkpoint(self, *arguments: object) -> submitit.helpers.DelayedSubmission:
        return submitit.helpers.DelayedSubmission(self, *arguments)


def submit(plan: str, results: str, shard: Shard | None = None, **parameters: object) -> list[submitit.Job]:
    shards = json.loads(subprocess.check_output(["attrstream", "plan", "--show", plan, "--format", "json"]))["shards"]
    states = Path(results, "states")
    states.mkdir(parents=True, exist_ok=True)
    executor = submitit.AutoExecutor(folder=Path(results, "logs"), slurm_max_num_timeout=10)
    executor.update_parameters(cpus_per_task=1, mem_gb=1, timeout_min=120, slurm_array_parallelism=256, **parameters)
    numbers = range(shards)
    paths = [str(states / f"{number}.state") for number in numbers]
    return executor.map_array(shard or Shard(), [plan] * shards, numbers, [shards] * shards, paths)


if __name__ == "__main__":
    plan, results = sys.argv[1:3]
    for job in submit(plan, results):
        job.result()
    states = sorted(map(str, Path(results, "states").glob("*.state")))
    subprocess.run(["attrstream", "merge", "--plan", plan, *states, "--out", results], check=True)
