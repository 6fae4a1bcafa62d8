#!/usr/bin/env bash
# An installed Fathom is found, linked and run: by the project that `fathom new` writes, by one that asks for
# the core alone, and through pkg-config; from a prefix that was moved after the installation.
#
# usage: install.sh BUILD
set -uo pipefail
build=$(readlink -f -- "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$1"; [ ! -f "$work/log" ] || tail -n 30 "$work/log"; exit 1; }

cmake --install "$build" --prefix "$work/before" >"$work/log" 2>&1 || fail "cmake --install failed"
mv "$work/before" "$work/prefix"
export PATH=$work/prefix/bin:$PATH
cd "$work" || exit 1

fathom new flowers >"$work/log" || fail "fathom new failed"
cd flowers || exit 1
cmake -G Ninja -B build >"$work/log" 2>&1 || fail "the new project does not find the library"
cmake --build build >"$work/log" 2>&1 || fail "the new project does not build"
./build/flowers >"$work/log" 2>&1 || fail "the new project does not run"
grep -Eq 'read 9[0-9]\.. % of the test digits' "$work/log" || fail "the new project did not learn"
for file in learning.png model.safetensors; do
  fathom inspect "$file" >"$work/log" || fail "the new project left no good $file"
done

mkdir "$work/core" && cd "$work/core" || exit 1
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(core LANGUAGES CXX)
find_package(Fathom REQUIRED COMPONENTS core)
if(TARGET PNG::PNG)
  message(FATAL_ERROR "the core looks for PNG")
endif()
add_executable(core main.cpp)
target_link_libraries(core Fathom::core)
END
cat >main.cpp <<'END'
#include <fathom/ops/elementwise.h>
#include <fathom/ops/creation.h>
int main() { return (fathom::ones({}) + 1).item<float>() == 2 ? 0 : 1; }
END
{ cmake -G Ninja -B build && cmake --build build && ./build/core; } >"$work/log" 2>&1 || fail "the core alone failed"
sed -i 's/COMPONENTS core/COMPONENTS cores/' CMakeLists.txt
! cmake -G Ninja -B build >"$work/log" 2>&1 || fail "an unknown component was found"
grep -q 'there is no component cores' "$work/log" || fail "the unknown component is not named"

if command -v pkg-config >/dev/null; then
  export PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig
  # shellcheck disable=SC2046
  c++ -o linked "$work/flowers/build/CMakeFiles/flowers.dir/main.cpp.o" $(pkg-config --cflags --libs fathom) \
    >"$work/log" 2>&1 || fail "pkg-config does not say all that linking needs"
  ./linked >"$work/log" 2>&1 || fail "what pkg-config linked does not run"
fi
echo "an installed Fathom is found, linked and run"
