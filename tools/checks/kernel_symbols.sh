#!/usr/bin/env bash
# Kernel objects define no weak symbol. A weak one is an inline function or template that several
# objects share: the linker could keep the copy that is compiled for AVX-512, and a machine without it
# would die of it.
#
# usage: kernel_symbols.sh BUILD
set -uo pipefail
shopt -s globstar
objects=("$1"/fathom/**/fathom_kernels_*.dir/**/*.o)
[ -e "${objects[0]}" ] || { echo "no kernel objects under $1"; exit 1; }
weak=$(nm -C --defined-only -A "${objects[@]}" 2>/dev/null | grep -E ' [WVuw] ')
if [ -n "$weak" ]; then
  echo "kernel objects define weak symbols:"
  echo "$weak" | head -n 20
  exit 1
fi
echo "${#objects[@]} kernel objects define no weak symbol"
