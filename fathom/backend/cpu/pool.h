// The one thread pool of the process.
#pragma once
#include <cstdint>

#include "fathom/core/function_ref.h"
#include "fathom/core/where.h"

namespace fathom::cpu {

/// Threads that a parallel region uses, the caller included. At first the environment variable
/// FATHOM_THREADS, or else the number of hardware threads.
/// Errors: ValueError if FATHOM_THREADS is not a number from 1 to 256.
int threads();

/// Waits for a running region to end. Errors: ValueError unless 1 <= n <= 256.
void set_threads(int n, Where where = Where::current());

/// Calls body(0) ... body(tasks - 1), each once, in any order and on any thread, and returns when
/// all are done. What a task computes must not depend on the thread, so results are the same bits
/// for any number of threads. Runs in the caller alone when nested in another region, when another
/// thread of the user has the pool, and when there is one task or one thread. Errors: those of
/// `body`; if several tasks throw, the one with the lowest index.
void parallel_for(std::int64_t tasks, FunctionRef<void(std::int64_t)> body);

}  // namespace fathom::cpu
