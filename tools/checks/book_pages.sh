#!/usr/bin/env bash
# The code that the pages of docs/book quote stands in the examples, and what they link to is there.
#
# usage: book_pages.sh [BUILD]
#
# A block fenced as ```cpp ch02/xor.cpp quotes that example: each of its lines must follow the one before in
# the source, but for indentation and empty lines; a line `...` leaves lines out. A block without a name is a
# sketch. Pictures take 80 KB at most.
set -uo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
faults=0 blocks=0

fault() { echo "$1"; faults=$((faults + 1)); }

# The lines without indentation, trailing blanks and empty lines.
bare() { sed -E 's/^[[:space:]]+//; s/[[:space:]]+$//; /^$/d' "$@"; }

# Whether the second text holds the parts of the first one, cut at lines `...`, in this order.
holds() {
  local part='' rest=$'\n'$2$'\n' line
  while IFS= read -r line; do
    if [ "$line" = ... ]; then
      [[ $rest == *$'\n'"$part"* ]] || return 1
      rest=$'\n'${rest#*$'\n'"$part"}
      part=''
    else
      part+=$line$'\n'
    fi
  done <<<"$1"$'\n...'
}

for page in docs/book/*.md; do
  for link in $(sed '/^```/,/^```/d' "$page" | grep -oE '\]\([^)# ]+' | sed 's/^](//' | grep -v '^http'); do
    target=docs/book/$link
    [ -e "$target" ] || { fault "$page: $link is not there"; continue; }
    case $link in images/*)
      size=$(stat -c %s "$target")
      [ "$size" -le 81920 ] || fault "$page: $link takes $size bytes, over 80 KB" ;;
    esac
  done
  while IFS=: read -r number fence; do
    blocks=$((blocks + 1))
    example=examples/${fence#'```cpp '}
    [ -f "$example" ] || { fault "$page:$number: there is no $example"; continue; }
    quoted=$(tail -n "+$((number + 1))" "$page" | sed '/^```/,$d' | bare)
    holds "$quoted" "$(bare "$example")" || fault "$page:$number: this does not stand in $example"
  done < <(grep -nE '^```cpp [^ ]' "$page")
done
[ "$faults" = 0 ] && echo "$blocks quotations stand in their examples"
