#!/bin/bash
# What has become of a Slurm job, as Snakemake 7 asks for it: prints success, running or failed.
state=$(scontrol -o show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p')
# Slurm forgets jobs after some minutes; its accounting does not.
[ -n "$state" ] || state=$(sacct -X -n -P -o State -j "$1" 2>/dev/null | sed 's/ .*//')
case $state in
  COMPLETED) echo success ;;
  PENDING | CONFIGURING | RUNNING | COMPLETING | SUSPENDED | REQUEUED | '') echo running ;;
  *) echo failed ;;
esac
