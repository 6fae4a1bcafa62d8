#!/usr/bin/env bash
# Draws the pictures of docs/book again, with the built program.
#
# usage: book_pictures.sh BUILD [chNN/NAME...]   all examples that the program lists, or these
#
# chNN/NAME writes NAME.svg, NAME.png or NAME_PART.png, which become docs/book/images/chNN_NAME.svg and so
# on. A picture that did not change is left as it is. Examples that need data are skipped by name without
# FATHOM_DATA.
set -euo pipefail
[ $# != 0 ] || { sed -n '2,/^set/{/^set/d; s/^# \{0,1\}//; p}' "$0"; exit 2; }
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
program=$(readlink -f -- "$1")/bin/fathom
shift
images=$(readlink -f -- "$here/../docs/book")/images
mkdir -p "$images"
[ $# != 0 ] || mapfile -t examples < <("$program" example | awk '{ print $1 }')
[ $# = 0 ] || examples=("$@")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for example in "${examples[@]}"; do
  chapter=${example%%/*}
  rm -rf "${folder:?}/run" && mkdir "$folder/run"
  if ! (cd "$folder/run" && "$program" example "$example") >"$folder/log" 2>&1; then
    grep -q FATHOM_DATA "$folder/log" && { echo "$example: skipped, it needs FATHOM_DATA"; continue; }
    echo "$example failed:" >&2
    cat "$folder/log" >&2
    exit 1
  fi
  for picture in "$folder"/run/*.svg "$folder"/run/*.png; do
    [ -f "$picture" ] || continue
    to=$images/${chapter}_${picture##*/}
    cmp -s "$picture" "$to" || { cp "$picture" "$to" && echo "$example: ${to##*/}"; }
  done
done
