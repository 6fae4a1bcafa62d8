// Convolution on the CPU.
#pragma once
#include <cstdint>

#include "fathom/backend/conv_geometry.h"

namespace fathom::cpu {

/// Packed weights and partial sums: how many bytes of working memory a call needs.
template <class T> std::size_t conv_scratch(const backend::ConvGeometry& g);
template <class T> std::size_t conv_backward_input_scratch(const backend::ConvGeometry& g);
template <class T> std::size_t conv_backward_weight_scratch(const backend::ConvGeometry& g);

/// y (B, positions, O) of x (B, positions, C) and weight (O, C / groups, kernel); bias may be null.
template <class T>
void conv(const backend::ConvGeometry& g, const T* x, const T* weight, const T* bias, T* y,
          void* scratch);
/// dx of dy and weight. An element is one chain over the outputs that read it, in their order.
template <class T>
void conv_backward_input(const backend::ConvGeometry& g, const T* dy, const T* weight, T* dx,
                         void* scratch);
/// dweight of x and dy: chains over fixed parts of the pixels, added up in a fixed order.
template <class T>
void conv_backward_weight(const backend::ConvGeometry& g, const T* x, const T* dy, T* dweight,
                          void* scratch);

}  // namespace fathom::cpu
