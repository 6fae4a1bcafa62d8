#!/usr/bin/env bash
# Structs that reflection cannot walk are compile errors, and our own words say why where they can.
#
# usage: reflect_errors.sh BUILD
set -uo pipefail
root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# expect MESSAGE DECLARATIONS: a walk over a `Me` must fail to compile with the message.
expect() {
  {
    echo '#include "fathom/core/reflect.h"'
    echo "$2"
    echo 'void walk(Me& me) { fathom::reflect::for_each_field(me, [](auto, auto&) {}); }'
  } > "$work/case.cpp"
  if ${CXX:-c++} -std=c++20 -I"$root" -fsyntax-only "$work/case.cpp" 2> "$work/errors"; then
    echo "compiled, though it must not: $2"
    status=1
  elif ! grep -q -- "$1" "$work/errors"; then
    echo "without the words \"$1\": $2"
    head -n 4 "$work/errors"
    status=1
  fi
}

expect 'not an aggregate; give it one line' 'class Me { int hidden; };'
expect 'not an aggregate; give it one line' 'struct Me { Me() = default; int x; };'
expect 'not an aggregate; give it one line' 'struct Me { virtual void f(); int x; };'
expect 'with a base class cannot be reflected' 'struct Base {}; struct Me : Base { int x; };'
expect 'error' 'struct Base { int z; }; struct Me : Base { int x; };'
expect 'error' 'struct Me { int x[3]; int y; };'
expect 'error' 'struct Me { int& x; };'
expect 'error' 'struct Me { int a : 3; int b : 5; };'
expect 'error' 'struct Me { union { int a; float b; }; int c; };'
fields=$(for i in {1..65}; do printf 'int a%d; ' "$i"; done)
expect 'more than 64 fields' "struct Me { $fields };"

[ "$status" != 0 ] || echo "10 structs that cannot be walked do not compile"
exit "$status"
