#!/bin/bash
# Submits the shards of a plan as an array job, and their merge after it:  ./submit.sh QUEUE SHARDS
set -euo pipefail
queue=$1 shards=$2

array=$(aws batch submit-job --job-name attrstream-score --job-queue "$queue" --job-definition attrstream-score \
  --array-properties "size=$shards" --container-overrides "environment=[{name=SHARDS,value=$shards}]" \
  --query jobId --output text)
merge=$(aws batch submit-job --job-name attrstream-merge --job-queue "$queue" --job-definition attrstream-merge \
  --depends-on "jobId=$array" --query jobId --output text)
echo "shards $array, merge $merge"
