#!/usr/bin/env bash
# Files of other writers, written by themselves, scored and converted; files of ours opened by other readers; and the Python
# of the documents. Makes a virtual environment from PyPI, or uses the one that INTEROP_VENV names. What cannot be installed
# is skipped, aloud.
set -uo pipefail
cd "$(dirname "$0")/../../.."

venv=${INTEROP_VENV:-}
if [ -z "$venv" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  venv=$folder/venv
  if ! python3 -m venv "$venv"; then
    echo 'SKIPPED: no Python with venv: no other writer was tried'
    exit 0
  fi
  if ! "$venv/bin/pip" install -q numpy pyarrow pandas polars duckdb; then
    echo 'SKIPPED: numpy, pyarrow, pandas, polars and duckdb cannot be installed: no other writer was tried'
    exit 0
  fi
  for package in h5py hdf5plugin fastparquet; do
    "$venv/bin/pip" install -q "$package" || echo "SKIPPED: $package cannot be installed"
  done
  for packages in 'torch==2.13.0 captum==0.9.0 tangermeme==1.6.0' 'tensorflow-cpu==2.21.0'; do
    # shellcheck disable=SC2086 # names, split at spaces
    "$venv/bin/pip" install -q $packages || echo "SKIPPED: $packages cannot be installed"
  done
fi

failed=0
for script in writers transform dump_recipes; do
  printf '\n== %s.py\n' "$script"
  "$venv/bin/python" "test/slow/interop/$script.py" || failed=1
done

printf '\n== commands of documents that start Python\n'
ATTRSTREAM_PYTHON=$(cd "$venv/bin" && pwd)/python npx vitest run --config test/slow/vitest.config.ts \
  test/slow/docs -t 'data-samples/README|pytorch-pipe|PyTorch' || failed=1
exit "$failed"
