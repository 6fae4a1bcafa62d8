// The pointwise part of recurrent steps, a row of H hidden units at a time. Gates stand side by
// side, H numbers each.
#pragma once
#include <cstdint>

namespace fathom::cpu {

struct LstmRow {
  float* gates;  ///< 4 H: what they are functions of, then the gates
  const float* cell_before;
  float* cell;
  float* hidden;
};
struct LstmGradRow {
  const float* gates;
  const float* cell_before;
  const float* cell;
  const float* dhidden;
  const float* more_gates;  ///< what arrives at gates and cell themselves, or null
  const float* more_cell;
  float* dcell;  ///< of the cell, then of the one before
  float* dx;     ///< 4 H
};
struct GruRow {
  const float* x;        ///< 3 H
  const float* product;  ///< 3 H
  float* hidden;         ///< of the step before, then of this
  float* gates;          ///< 4 H: r, z, n, and the product that r scales
};
struct GruGradRow {
  const float* gates;
  const float* hidden_before;
  const float* dhidden;
  const float* more_gates;  ///< or null
  float* dx;                ///< 3 H
  float* dproduct;          ///< 3 H
  float* dbefore;           ///< what does not go through the product
};

struct RecurrentKernels {
  void (*tanh)(float* z, std::int64_t n);
  void (*relu)(float* z, std::int64_t n);
  void (*tanh_grad)(const float* y, const float* dy, float* dx, std::int64_t n);
  void (*relu_grad)(const float* y, const float* dy, float* dx, std::int64_t n);
  void (*lstm)(const LstmRow& row, std::int64_t hidden);
  void (*lstm_grad)(const LstmGradRow& row, std::int64_t hidden);
  void (*gru)(const GruRow& row, std::int64_t hidden);
  void (*gru_grad)(const GruGradRow& row, std::int64_t hidden);
};

namespace avx2 {
extern const RecurrentKernels recurrent_kernels;
}
namespace avx512 {
extern const RecurrentKernels recurrent_kernels;
}

}  // namespace fathom::cpu
