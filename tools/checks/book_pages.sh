#!/usr/bin/env bash
# The code on the pages of docs/book stands in the examples, and the pictures are there and small.
#
# usage: book_pages.sh [BUILD]
#
# A block fenced as ```cpp must be found, line after line, in one of the examples that its page links to;
# indentation and empty lines do not count. What is only a sketch is fenced as ```cpp sketch. A picture
# takes 80 KB at most.
set -uo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
faults=0 blocks=0

fault() { echo "$1"; faults=$((faults + 1)); }

# The lines without indentation, trailing blanks and empty lines.
bare() { sed -E 's/^[[:space:]]+//; s/[[:space:]]+$//; /^$/d' "$@"; }

for page in docs/book/*.md; do
  links=$(sed '/^```/,/^```/d' "$page" | grep -oE '\]\([^)# ]+' | sed 's/^](//' | grep -v '^http')
  examples=()
  for link in $links; do
    target=docs/book/$link
    [ -e "$target" ] || { fault "$page: $link is not there"; continue; }
    case $link in
      *.cpp) examples+=("$target") ;;
      images/*)
        size=$(stat -c %s "$target")
        [ "$size" -le 81920 ] || fault "$page: $link takes $size bytes, over 80 KB" ;;
    esac
  done
  count=$(grep -c '^```cpp$' "$page")
  for ((i = 1; i <= count; ++i)); do
    blocks=$((blocks + 1))
    quoted=$(awk -v n="$i" '/^```cpp$/ { ++seen; inside = seen == n; next } /^```/ { inside = 0 } inside' "$page" | bare)
    found=
    for example in ${examples[@]+"${examples[@]}"}; do
      text=$(bare "$example")
      [[ $'\n'$text$'\n' != *$'\n'"$quoted"$'\n'* ]] || found=1
    done
    [ -n "$found" ] || fault "$page: code block $i stands in none of the examples that the page links to"
  done
done
[ "$faults" = 0 ] && echo "$blocks quotations stand in their examples"
