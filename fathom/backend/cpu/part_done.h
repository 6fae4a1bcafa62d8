// Parts of a result, told of while they are in the cache.
#pragma once
#include <cstdint>

#include "fathom/core/function_ref.h"

namespace fathom::cpu {

/// Told that elements [first, first + count) of a result are there for good: each element once, on
/// any thread. Passed as a pointer, null where nobody asks.
using PartDone = FunctionRef<void(std::int64_t first, std::int64_t count)>;

/// Tells of a result that was ready all at once, on all threads.
void all_done(std::int64_t count, const PartDone* done);

}  // namespace fathom::cpu
