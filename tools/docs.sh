#!/usr/bin/env bash
# Makes the reference pages from the headers. Fails if Doxygen has something to say: every class, function and type
# of a public header has a comment. Members have one where their name does not say it all.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
mkdir -p build/docs
warnings=build/docs/warnings.txt
doxygen docs/Doxyfile >build/docs/doxygen.log 2>"$warnings.all"
sed "s#^$PWD/##" "$warnings.all" | grep -vE 'warning: Member .* of (class|struct) .* is not documented' >"$warnings" || true
if [ -s "$warnings" ]; then
  head -n 40 "$warnings" >&2
  echo "docs: $(wc -l <"$warnings") warnings: $warnings" >&2
  exit 1
fi
