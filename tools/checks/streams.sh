#!/usr/bin/env bash
# Nothing in the program uses iostreams, std::locale or regular expressions: they would be a tenth of it.
#
# usage: streams.sh BUILD
set -uo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
if grep -rnE '#include <(iostream|sstream|fstream|iomanip|locale|regex)>' fathom examples benchmarks/workloads.cpp; then
  echo "the program must not include these: print with <cstdio> or <fmt/core.h>"
  exit 1
fi
echo "the program is free of iostreams"
