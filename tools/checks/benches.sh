#!/usr/bin/env bash
# The programs that time single kernels build: nothing else would notice that they do not.
#
# usage: benches.sh BUILD
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ninja -C "$1" benches >"$log" 2>&1 || { tail -n 20 "$log"; exit 1; }
echo "the benchmarks' programs build"
