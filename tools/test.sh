#!/usr/bin/env bash
# Runs every test of a build and closes with one line: `N passed, N failed, N skipped`.
#
# usage: test.sh BUILD                   the doctest program, then each script of tools/checks
#        test.sh --sanitizers BUILD...   the doctest program of each build alone
# A test case that lacks its data prints "skipped: REASON" and counts as skipped.
set -uo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
checks=1
[ "${1-}" != --sanitizers ] || { checks=''; shift; }
[ $# != 0 ] || { echo "usage: test.sh [--sanitizers] BUILD..." >&2; exit 2; }
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run_doctest() {
  local build=$1 line ok bad out early
  echo "== fathom_tests (${build##*/})"
  # TSAN keeps what it knows of memory that is long free; beyond 8 GB it is told to forget.
  (
    cd "$build" && FATHOM_PROGRAM=$build/bin/fathom \
      ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
      UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=0:exitcode=66:memory_limit_mb=8000 \
      ./tests/fathom_tests
  ) 2>&1 | tee "$log"
  local status=${PIPESTATUS[0]}
  line=$(sed 's/\x1b\[[0-9;]*m//g' "$log" | grep '^\[doctest\] test cases:' | tail -n 1)
  read -r ok bad out < <(sed -E 's/[^0-9|]//g; s/^[0-9]*\|//; s/\|/ /g' <<<"$line")
  if [ -z "$line" ]; then  # it ended before its summary: killed, or a sanitizer stopped it
    echo "fathom_tests ended with status $status before its summary"
    failed=$((failed + 1))
    return
  fi
  early=$(grep -c 'skipped: ' "$log")
  passed=$((passed + ok - early)) failed=$((failed + bad)) skipped=$((skipped + out + early))
  # A sanitizer's report or a crash at exit fails the run although every case passed.
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
    echo "fathom_tests ended with status $status"
    failed=$((failed + 1))
  fi
}

for build in "$@"; do run_doctest "$(readlink -f -- "$build")"; done
if [ -n "$checks" ]; then
  for check in "$here"/checks/*.sh; do
    [ -f "$check" ] || continue
    echo "== ${check##*/}"
    if "$check" "$1"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
