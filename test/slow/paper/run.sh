#!/usr/bin/env bash
# The paper's study at size smoke, by Snakemake: two networks are trained, killed on the way and resumed, and their maps are
# scored, as pipelines/paper/README.md says. PAPER_VENV has PyTorch, captum, scikit-learn, SciPy, matplotlib, pandas and the Python package; Snakemake is there or
# on the path.
set -euo pipefail
cd "$(dirname "$0")/../../.."
root=$PWD
[ -x "${PAPER_VENV:?}/bin/python" ] || { echo "SKIPPED: no environment for the paper's study"; exit 0; }
for package in torch captum sklearn scipy matplotlib pandas attrstream; do
  "$PAPER_VENV/bin/python" -c "import $package" 2>/dev/null || { echo "SKIPPED: $package is not installed"; exit 0; }
done
export PATH=$PAPER_VENV/bin:$PATH
command -v snakemake >/dev/null || { echo 'SKIPPED: Snakemake is not installed'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export OMP_NUM_THREADS=1

# The command of the recipe's README, with this repository's motifs.
command=$(grep '^snakemake ' "$root"/'pipelines/paper/README.md')
command=${command/ pipelines/ $root/pipelines}
command=${command/jaspar.pfm/$root/test/fixtures/motifs/jaspar_2016_core_vertebrates.pfm}
cd "$folder"

study() {
  ${command/results=study/results=$results} --quiet all "$@"
}

results=whole
study

# The same in two sittings: all processes are killed once a network has ended an epoch.
results=resumed
setsid "$BASH" -c "$(declare -f study); command='$command' results='$results'; study" >"$folder/log" 2>&1 &
pid=$!
for _ in $(seq 1200); do
  compgen -G "$folder/resumed/networks/*/checkpoint.pt" >/dev/null && break
  kill -0 $pid 2>/dev/null || break
  sleep 0.1
done
if kill -9 -- -$pid 2>/dev/null; then echo 'killed between two epochs'; fi
wait $pid 2>/dev/null || true
study --unlock
study --rerun-incomplete

python "$root/test/slow/paper/check.py" "$folder/whole" "$folder/resumed"
