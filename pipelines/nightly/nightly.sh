#!/bin/sh
# Scores a dump that grows: only the files that came since the last time are read, and the result is that of all of them.
# Usage: nightly.sh DUMP WORK [MODEL]
set -eu
dump=$1
work=$2
model=${3:-model}

mkdir -p "$work"
if command -v flock >/dev/null; then # one run at a time, where the system can tell
  exec 9>"$work/lock"
  flock -n 9 || { echo "nightly.sh: another run has not ended yet" >&2; exit 75; }
fi

out=$work/$(date +%Y-%m-%d)
${ATTRSTREAM:-attrstream} score --model "$model" "$dump" \
  --checkpoint "$work/$model.state" --out "$out" --format csv --quiet >/dev/null
ln -sfn "$(basename "$out")" "$work/latest"
