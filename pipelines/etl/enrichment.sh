#!/bin/sh
# How much more often bases of attributed runs lie in peaks than bases of all regions do:  enrichment.sh MAPS REGIONS.bed PEAKS.bed
# Prints a table: bases, bases in peaks and their share, of runs and of regions, and the ratio of the shares.
set -eu
maps=$1
regions=$2
peaks=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
attrstream transform "$maps" --stages runs -o "$work/runs.bed"

bases() { awk -F '\t' '{ sum += $3 - $2 } END { print sum + 0 }'; }
union() { cut -f 1-3 "$1" | sort -k1,1 -k2,2n | bedtools merge -i -; }

union "$peaks" >"$work/peaks"
for set in "$work/runs.bed" "$regions"; do
  union "$set" >"$work/set"
  printf '%s\t%s\n' "$(bases <"$work/set")" "$(bedtools intersect -a "$work/set" -b "$work/peaks" | bases)"
done | awk -F '\t' -v OFS='\t' '
  BEGIN { print "set", "bases", "in_peaks", "share" }
  { share[NR] = $2 / $1; print NR == 1 ? "runs" : "regions", $1, $2, share[NR] }
  END { print "enrichment", "", "", share[1] / share[2] }'
