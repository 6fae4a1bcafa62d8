#!/usr/bin/env bash
# Times what a user of the library waits for: compiling against it, and building it.
#
# usage: compile_time.sh [--full]   --full also builds everything afresh and after touching a kernel
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
report() { printf '%-58s %8s s   (limit %s s)\n' "$1" "$2" "$3"; }
once() {
  local start=$SECONDS
  "$@" >"$folder/log" 2>&1 || { tail -n 20 "$folder/log" >&2; exit 1; }
  echo $((SECONDS - start))
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
report "fathom/fathom.h alone, -O0" "$(seconds "${compile[@]}" "$folder/umbrella.cpp")" 1.5
report "a program that trains a perceptron, -O0" "$(seconds "${compile[@]}" "$folder/mlp.cpp")" 5
if [ "${1-}" = --full ]; then
  build=$folder/build
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCCACHE_PROGRAM= >/dev/null
  report "the program, Release, no ccache, $(nproc) cores" "$(once ninja -C "$build" fathom)" 180
  report "the tests besides" "$(once ninja -C "$build" fathom_tests)" -
  kernel=$(find "$root/fathom/backend/cpu/kernels" -name 'elementwise*.cpp' | head -n 1)
  touch "$kernel"
  report "after touching ${kernel##*/}" "$(once ninja -C "$build" fathom)" 30
fi
