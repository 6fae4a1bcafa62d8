#!/usr/bin/env bash
# Every header compiles alone, first in its file: none leans on what another includes.
#
# usage: headers.sh BUILD
set -uo pipefail
if ninja -C "$1" --quiet -j "${JOBS:-$(nproc)}" fathom_headers; then
  echo "every header compiles alone"
else
  echo "a header does not compile alone: see above"
  exit 1
fi
