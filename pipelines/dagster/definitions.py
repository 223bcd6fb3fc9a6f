"""Assets of Dagster for each model: states, one a partition, and the scores of all:  dagster dev -f definitions.py"""

import os
import sys
from pathlib import Path

import dagster as dg

MAPS = Path(os.environ.get("MAPS", "maps"))  # a folder of Parquet files for each model
STATES = Path(os.environ.get("STATES", "states"))
SCRIPT = str(Path(__file__).with_name("attrstream_pipes.py"))
AGAIN = dg.RetryPolicy(max_retries=3, delay=1)


def assets_of(model: str) -> list[dg.AssetsDefinition]:
    folder = MAPS / model
    parts = dg.StaticPartitionsDefinition(sorted(file.stem for file in folder.glob("*.parquet")))

    @dg.asset(name=f"{model}_states", partitions_def=parts, retry_policy=AGAIN)
    def states(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient) -> dg.MaterializeResult:
        part = context.partition_key
        words = ["fold", str(folder / f"{part}.parquet"), part, str(STATES / model / f"{part}.state")]
        return pipes.run(command=[sys.executable, SCRIPT, *words], context=context).get_materialize_result()

    consistent = dg.AssetCheckSpec("consistency_above_its_error", asset=f"{model}_scores")

    @dg.asset(name=f"{model}_scores", deps=[states], check_specs=[consistent], retry_policy=AGAIN)
    def scores(context: dg.AssetExecutionContext, pipes: dg.PipesSubprocessClient) -> dg.MaterializeResult:
        words = ["merge", str(STATES / model), str(len(parts.get_partition_keys())), str(STATES / f"{model}.json")]
        return pipes.run(command=[sys.executable, SCRIPT, *words], context=context).get_materialize_result()

    return [states, scores]


models = sorted(folder.name for folder in MAPS.iterdir() if folder.is_dir())
defs = dg.Definitions(
    assets=[asset for model in models for asset in assets_of(model)],
    resources={"pipes": dg.PipesSubprocessClient()},
)
