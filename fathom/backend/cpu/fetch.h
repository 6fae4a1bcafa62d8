// Memory asked for ahead of its turn, where hardware does not see what comes.
#pragma once
#include <cstdint>

namespace fathom::cpu {

inline void fetch(const void* from, std::int64_t bytes) {
  constexpr std::int64_t kLine = 64;
  for (std::int64_t i = 0; i < bytes; i += kLine)
    __builtin_prefetch(static_cast<const char*>(from) + i, 0, 2);
}

}  // namespace fathom::cpu
