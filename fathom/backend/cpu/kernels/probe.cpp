#include "fathom/backend/cpu/kernels/probe.h"

#include "fathom/backend/cpu/kernels/gemm_simd.h"

namespace fathom::cpu::FATHOM_ISA {
namespace {

using S = Simd<float>;

std::int64_t multiply(std::int64_t rounds) {
  constexpr int kChains = 12;  // latency 4 or 5 cycles, two ports
  S::V sum[kChains];
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) sum[i] = S::set(static_cast<float>(i));
  const S::V a = S::set(0.5f), b = S::set(0.25f);
  for (std::int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) {
      sum[i] = S::fma(a, sum[i], b);
      asm volatile("" : "+v"(sum[i]));  // or the loop would be dropped
    }
  }
  return rounds * kChains * S::lanes * 2;
}

float read(const float* data, std::int64_t count) {
  constexpr int kChains = 8;
  S::V sum[kChains];
#pragma GCC unroll 8
  for (int i = 0; i < kChains; ++i) sum[i] = S::zero();
  for (std::int64_t j = 0; j < count; j += kChains * S::lanes) {
#pragma GCC unroll 8
    for (int i = 0; i < kChains; ++i) sum[i] = S::add(sum[i], S::load(data + j + i * S::lanes));
  }
#pragma GCC unroll 8
  for (int i = 1; i < kChains; ++i) sum[0] = S::add(sum[0], sum[i]);
  float lanes[S::lanes];
  S::store(lanes, sum[0]);
  return lanes[0];
}

void triad(float* a, const float* b, const float* c, std::int64_t count) {
  const S::V three = S::set(3.0f);
  for (std::int64_t i = 0; i < count; i += S::lanes)
    S::store(a + i, S::fma(three, S::load(c + i), S::load(b + i)));
}

}  // namespace

extern constexpr ProbeKernels probe = {&multiply, &read, &triad};

}  // namespace fathom::cpu::FATHOM_ISA
