// Convolution on the CPU.
#pragma once
#include <cstdint>

#include "fathom/backend/conv_geometry.h"
#include "fathom/backend/cpu/part_done.h"

namespace fathom::cpu {

/// Packed weights and partial sums: how many bytes of working memory a call needs.
template <class T> std::size_t conv_scratch(const backend::ConvGeometry& g);
template <class T> std::size_t conv_backward_input_scratch(const backend::ConvGeometry& g);
template <class T> std::size_t conv_backward_weight_scratch(const backend::ConvGeometry& g);

/// What a convolution computes with: weight (O, C / groups, kernel) and bias, which may be null; or
/// both as conv_pack made them.
template <class T> struct ConvWeights {
  const T* weight;
  const T* bias;
  const T* packed = nullptr;
};
/// Bytes of both packed; 0 where the weight is read as it stands.
template <class T> std::size_t conv_packed_bytes(const backend::ConvGeometry& g);
template <class T>
void conv_pack(const backend::ConvGeometry& g, const T* weight, const T* bias, T* packed);

/// y (B, positions, O) of x (B, positions, C); with a tail only if conv_takes_tail().
template <class T>
void conv(const backend::ConvGeometry& g, const T* x, const ConvWeights<T>& weights, bool has_bias,
          T* y, void* scratch, const PartDone* done = nullptr, const ElementTail<T>& tail = {});
/// Whether its outputs are still in registers when they are complete.
bool conv_takes_tail(const backend::ConvGeometry& g);
/// dx of dy and weight. An element is one chain over the outputs that read it, in their order.
template <class T>
void conv_backward_input(const backend::ConvGeometry& g, const T* dy, const T* weight, T* dx,
                         void* scratch, const PartDone* done = nullptr);
/// dweight of x and dy: chains over fixed parts of the pixels, added up in a fixed order.
template <class T>
void conv_backward_weight(const backend::ConvGeometry& g, const T* x, const T* dy, T* dweight,
                          void* scratch);

}  // namespace fathom::cpu
