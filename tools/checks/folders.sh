#!/usr/bin/env bash
# The folders of fathom/ stand in the order of ARCHITECTURE.md's list: no file includes from a folder
# that comes later in it.
#
# usage: folders.sh BUILD
set -uo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
# The list first (place of each folder), then every include as "file:#include "header"".
{ sed -n '/^fathom\/$/,/^examples\//p' ARCHITECTURE.md | grep -oE '^  [a-z]+(/|\.h)'
  grep -rE '^#include "fathom/' fathom; } | awk -F '[/":]' '
  /^  / { sub(/^ */, "", $1); place[$1] = ++places; next }
  {
    from = $2; for (i = 3; i < NF && $i != "fathom"; ++i); to = $(i + 1)
    if (!(from in place) || !(to in place)) { print "not in the list: " $0; bad = 1; next }
    ++count
    if (place[to] > place[from]) { print $0 "  # " to " stands above " from; bad = 1 }
  }
  END {
    if (!bad && count) print count " includes follow the order of " places " folders"
    exit bad || !count
  }'
