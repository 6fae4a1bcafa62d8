// Convolutions of one tap: products of pixels and channels. Internal.
#pragma once
#include <cstddef>

#include "fathom/backend/conv_geometry.h"
#include "fathom/backend/cpu/conv.h"

namespace fathom::cpu {

/// For the pixels that a stride reads, copied together.
template <class T> std::size_t product_scratch(const backend::ConvGeometry& g);
/// Numbers of the weight packed; 0 where it is read as it stands.
template <class T> std::size_t product_packed_size(const backend::ConvGeometry& g);
template <class T> void product_pack(const backend::ConvGeometry& g, const T* weight, T* packed);

template <class T>
void product_conv(const backend::ConvGeometry& g, const T* x, const T* weight, const T* packed,
                  const T* bias, T* y, void* scratch, const PartDone* done,
                  const ElementTail<T>& tail);
template <class T>
void product_backward_input(const backend::ConvGeometry& g, const T* dy, const T* weight, T* dx,
                            void* scratch, const PartDone* done);
template <class T>
void product_backward_weight(const backend::ConvGeometry& g, const T* x, const T* dy, T* dweight,
                             void* scratch);

}  // namespace fathom::cpu
