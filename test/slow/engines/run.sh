#!/usr/bin/env bash
# The recipes for Ray, Dask, Spark, Dagster and WDL, on the engines themselves, and the chains of pipelines/etl. ENGINES names a
# folder with the environments ray, dask, spark, dagster, wdl, etl and nextflow, as .ci/suites.mjs makes it. What is not installed
# is skipped, aloud.
set -uo pipefail
cd "$(dirname "$0")/../../.."

engines=${ENGINES:?names no folder of environments}
engines=$(cd "$engines" && pwd)
ls dist-python/attrstream-*.whl >/dev/null 2>&1 || src/python/build-wheel || exit 1
export MINIWDL=$engines/wdl/bin/miniwdl
failed=0

for engine in dask ray spark dagster wdl etl nextflow; do
  printf '\n== %s\n' "$engine"
  bin=$engines/$engine/bin
  if ! "$bin/python" -m pip install -q --no-compile dist-python/attrstream-*.whl pytest; then
    echo "SKIPPED: no environment for $engine"
    continue
  fi
  if [ "$engine" = spark ] && ! command -v java >/dev/null; then
    echo 'SKIPPED: no Java for Spark'
    continue
  fi
  began=$SECONDS
  PATH=$bin:$PATH timeout 600 "$bin/python" -m pytest -q -rs -p no:cacheprovider --show-capture=no "test/slow/engines/test_$engine.py" || failed=1
  echo "$engine: $((SECONDS - began)) s"
done
exit "$failed"
