"""What the assets run, in a process of its own:  fold FILE PART STATE, or merge STATES PARTS SCORES"""

import subprocess
import sys
from pathlib import Path

from dagster_pipes import PipesContext, open_dagster_pipes

import attrstream


def fold(pipes: PipesContext, file: str, part: str, state: str) -> None:
    Path(state).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["attrstream", "fold", file, "--part", part, "--state", state], check=True)
    pipes.report_asset_materialization(metadata={"state": {"type": "path", "raw_value": state}})


def merge(pipes: PipesContext, states: str, parts: str, path: str) -> None:
    scores = attrstream.merge(sorted(Path(states).glob("*.state")), expect_parts=int(parts))
    scores.save(path)
    kmer, angular = scores.kmer, scores.angular
    pipes.report_asset_materialization(
        metadata={
            "maps": scores.records,
            "kmer_cv_nats": kmer.cv,
            "kmer_cv_se_nats": kmer.cv_se,
            "angular_cv_nats": angular.cv,
            "angular_cv_se_nats": angular.cv_se,
        }
    )
    above = bool(kmer.cv is not None and kmer.cv > 2 * (kmer.cv_se or 0))
    pipes.report_asset_check("consistency_above_its_error", passed=above, metadata={"cv": kmer.cv, "se": kmer.cv_se})


if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        {"fold": fold, "merge": merge}[sys.argv[1]](pipes, *sys.argv[2:])
