#!/usr/bin/env bash
# Times what users and developers of the library wait for: compiling against it and, with --full,
# building it afresh without ccache and after touching one kernel file; and weighs the program.
#
# usage: compile_time.sh [--full]
set -euo pipefail
root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

seconds() {  # the best of three
  local best=999999 start took
  for _ in 1 2 3; do
    start=$(date +%s%N)
    "$@" >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
    took=$((($(date +%s%N) - start) / 1000000))
    [ "$took" -ge "$best" ] || best=$took
  done
  echo "$((best / 1000)).$(printf %03d $((best % 1000)))"
}
report() { printf '%-44s %s (limit %s)\n' "$1" "$2" "$3"; }
once() {  # wall clock, and the processor time of all compilers together
  local TIMEFORMAT='%0R s, %0U s of CPU'
  { time "$@" >"$folder/log" 2>&1 || { tail -n 20 "$folder/log" >&3; exit 1; }; } 3>&2 2>&1
}

cat >"$folder/umbrella.cpp" <<'CPP'
#include <fathom/fathom.h>
int main() {}
CPP
cat >"$folder/mlp.cpp" <<'CPP'
#include <fathom/fathom.h>
#include <cstdio>
using namespace fathom;

struct Net {
  nn::Linear hidden{784, 100};
  nn::BatchNorm norm{100};
  nn::Linear out{100, 10};
  Tensor operator()(const Tensor& x) const { return out(relu(norm(hidden(x)))); }
};

int main() {
  Net net;
  optim::Adam adam{.learning_rate = 1e-3};
  auto loss_fn = [](const Net& n, const Tensor& x, const Tensor& y) { return cross_entropy(n(x), y); };
  const Tensor x = rand({100, 784}), y = zeros({100}, DType::i64);
  for (int step = 0; step < 10; ++step) {
    auto [loss, grads] = value_and_grad(loss_fn)(net, x, y);
    adam.step(net, grads);
    std::printf("%f\n", loss.item());
  }
}
CPP
compile=(g++ -std=c++20 -O0 -I"$root" -c -o "$folder/out.o")
report "fathom/fathom.h alone, -O0" "$(seconds "${compile[@]}" "$folder/umbrella.cpp") s" "1.5 s"
report "a program that trains a perceptron, -O0" "$(seconds "${compile[@]}" "$folder/mlp.cpp") s" "5 s"
[ "${1-}" = --full ] || exit 0

build=$folder/build
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCCACHE_PROGRAM= >/dev/null
program=$(once ninja -C "$build" fathom)
report "the program, Release, $(nproc) cores" "$program" "180 s"
report "the program's size" "$(stat -c %s "$build/bin/fathom") bytes" "6291456 bytes"
report "the tests besides" "$(once ninja -C "$build" fathom_tests)" "300 s with the program"
kernel=$root/fathom/backend/cpu/kernels/gemm.cpp
touch -c "$kernel"
report "the program after touching ${kernel##*/}" "$(once ninja -C "$build" fathom)" "30 s"
