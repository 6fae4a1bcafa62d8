#include "fathom/backend/cpu/conv_product.h"

#include <algorithm>

#include "fathom/backend/cpu/gemm.h"
#include "fathom/backend/cpu/gemm_parts.h"

namespace fathom::cpu {
namespace {

using backend::ConvGeometry;

template <class T> GemmArgsOf<T> forward(const ConvGeometry& g) {
  return {.transpose_b = true,
          .m = g.batch * g.out_positions(),
          .n = g.outputs,
          .k = g.channels,
          .lda = g.channels,
          .ldb = g.channels,
          .ldc = g.outputs};
}

/// Calls f(number of the output, place in x) with the first number of each pixel that is read.
template <class F> void for_pixels(const ConvGeometry& g, F f) {
  const int64_t lines = g.batch * g.out[0] * g.out[1];
  const int64_t tasks = tasks_for(g.batch * g.out_positions() * g.channels * 8, lines);
  parallel_for(tasks, [&](int64_t task) {
    const Range part = part_of(lines, tasks, task);
    for (int64_t line = part.begin; line < part.end; ++line) {
      const int64_t height = line % g.out[1], depth = line / g.out[1] % g.out[0];
      const int64_t sample = line / g.out[1] / g.out[0];
      const int64_t row = (sample * g.in[0] + depth * g.stride[0]) * g.in[1] + height * g.stride[1];
      for (int64_t i = 0; i < g.out[2]; ++i)
        f((line * g.out[2] + i) * g.channels, (row * g.in[2] + i * g.stride[2]) * g.channels);
    }
  });
}

template <class T> const T* read_pixels(const ConvGeometry& g, const T* x, void* scratch) {
  if (g.reads_all()) return x;
  T* const to = static_cast<T*>(scratch);
  for_pixels(g, [&](int64_t out, int64_t in) { std::copy_n(x + in, g.channels, to + out); });
  return to;
}

}  // namespace

template <class T> std::size_t product_scratch(const ConvGeometry& g) {
  if (g.reads_all()) return 0;
  return static_cast<std::size_t>(g.batch * g.out_positions() * g.channels) * sizeof(T);
}

template <class T> std::size_t product_packed_size(const ConvGeometry& g) {
  return gemm_packed_size(forward<T>(g));
}
template <class T> void product_pack(const ConvGeometry& g, const T* weight, T* packed) {
  GemmArgsOf<T> args = forward<T>(g);
  args.b = weight;
  gemm_pack(args, packed);
}

template <class T>
void product_conv(const ConvGeometry& g, const T* x, const T* weight, const T* packed,
                  const T* bias, T* y, void* scratch, const PartDone* done,
                  const ElementTail<T>& tail) {
  GemmArgsOf<T> args = forward<T>(g);
  args.a = read_pixels(g, x, scratch);
  args.b = weight;
  args.packed_b = packed;
  args.packed_far = true;
  args.bias = bias;
  args.tail = tail;
  args.c = y;
  args.done = done;
  gemm(args);
}

template <class T>
void product_backward_input(const ConvGeometry& g, const T* dy, const T* weight, T* dx,
                            void* scratch, const PartDone* done) {
  T* const pixels = g.reads_all() ? dx : static_cast<T*>(scratch);
  gemm(GemmArgsOf<T>{.m = g.batch * g.out_positions(),
                     .n = g.channels,
                     .k = g.outputs,
                     .a = dy,
                     .lda = g.outputs,
                     .b = weight,
                     .ldb = g.channels,
                     .c = pixels,
                     .ldc = g.channels,
                     .done = g.reads_all() ? done : nullptr});
  if (g.reads_all()) return;
  const int64_t lines = g.batch * g.in[0] * g.in[1], line = g.in[2] * g.channels;
  parallel_for(lines, [&](int64_t i) { std::fill_n(dx + i * line, line, T(0)); });
  for_pixels(g, [&](int64_t out, int64_t in) { std::copy_n(pixels + out, g.channels, dx + in); });
  all_done(lines * line, done);
}

template <class T>
void product_backward_weight(const ConvGeometry& g, const T* x, const T* dy, T* dweight,
                             void* scratch) {
  gemm(GemmArgsOf<T>{.transpose_a = true,
                     .m = g.outputs,
                     .n = g.channels,
                     .k = g.batch * g.out_positions(),
                     .a = dy,
                     .lda = g.outputs,
                     .b = read_pixels(g, x, scratch),
                     .ldb = g.channels,
                     .c = dweight,
                     .ldc = g.channels});
}

#define FATHOM_PRODUCT(T)                                                                     \
  template std::size_t product_scratch<T>(const ConvGeometry&);                               \
  template std::size_t product_packed_size<T>(const ConvGeometry&);                           \
  template void product_pack(const ConvGeometry&, const T*, T*);                              \
  template void product_conv(const ConvGeometry&, const T*, const T*, const T*, const T*, T*, \
                             void*, const PartDone*, const ElementTail<T>&);                  \
  template void product_backward_input(const ConvGeometry&, const T*, const T*, T*, void*,    \
                                       const PartDone*);                                      \
  template void product_backward_weight(const ConvGeometry&, const T*, const T*, T*, void*);
FATHOM_PRODUCT(float)
FATHOM_PRODUCT(double)
#undef FATHOM_PRODUCT

}  // namespace fathom::cpu
