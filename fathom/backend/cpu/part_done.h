// Parts of a result, told of while they are in the cache; and what becomes of elements before they
// are written at all.
#pragma once
#include <cstdint>

#include "fathom/core/function_ref.h"

namespace fathom::cpu {

/// Told that elements [first, first + count) of a result are there for good: each element once, on
/// any thread. Passed as a pointer, null where nobody asks.
using PartDone = FunctionRef<void(std::int64_t first, std::int64_t count)>;

/// Each element's sum with the addend's of that place, then its ReLU, as far as there are any.
template <class T> struct ElementTail {
  const T* addend = nullptr;
  bool relu = false;
};

/// Tells of a result that was ready all at once, on all threads.
void all_done(std::int64_t count, const PartDone* done);

}  // namespace fathom::cpu
