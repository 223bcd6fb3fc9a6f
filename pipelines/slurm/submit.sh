#!/bin/bash
# Runs a plan on Slurm:  ./submit.sh plan.json results [options of sbatch for the shards, such as --partition=short]
# Run it again after failures: shards that are done end at once.
set -euo pipefail

plan=$1 results=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p logs "$results/radii" "$results/states" # Slurm fails a job without a word where its log has no folder
shards=$(attrstream plan --show "$plan" --format json | node -p 'JSON.parse(fs.readFileSync(0)).shards')
passes=$(attrstream plan --show "$plan" --format json | node -p 'JSON.parse(fs.readFileSync(0)).passes.join(" ")')

# The shards of one pass and their merge, after the job $after where there is one. Sets $after to the merge.
run_pass() {
  local states=$1 score=$2 merge=$3 array
  # shellcheck disable=SC2086 # options, split at spaces
  array=$(sbatch --parsable ${after:+--dependency=afterok:$after --kill-on-invalid-dep=yes} \
    --array="0-$((shards - 1))" "${sbatch_options[@]}" "$here/score.sbatch" "$plan" "$shards" "$states" $score)
  # shellcheck disable=SC2086
  after=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes \
    "$here/merge.sbatch" "$plan" "$states" $merge)
  echo "shards $array, merge $after"
}

sbatch_options=("$@")
after=
case $passes in
  *radii*) # a global threshold: its cut is found first
    run_pass "$results/radii" "--pass radii" "--pass radii --state $results/radii.state"
    run_pass "$results/states" "--radii $results/radii.state" "--radii $results/radii.state --out $results"
    ;;
  *) run_pass "$results/states" "" "--out $results" ;;
esac
