// Working memory of kernels: a few buffers per thread that only ever grow.
#pragma once
#include <cstddef>

namespace fathom::cpu {

/// What a buffer is for; those that are in use at the same time differ.
enum class Scratch : int { panels, rows, lines, kCount };

/// At least `bytes` bytes of this thread's buffer, 64-byte aligned, valid until the next call for
/// the same purpose and the same thread. Errors: std::bad_alloc.
void* scratch(Scratch purpose, std::size_t bytes);

template <class T> T* scratch(Scratch purpose, std::size_t count) {
  return static_cast<T*>(scratch(purpose, count * sizeof(T)));
}

}  // namespace fathom::cpu
