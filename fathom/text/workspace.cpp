#include "fathom/text/workspace.h"

namespace fathom::text {

void WordCache::keep(std::string_view word, std::uint64_t hash, std::span<const Token> tokens,
                     std::uint32_t at) {
  if (word.size() > longest || tokens.empty()) return;
  if (slots_.empty() || size_ == most) {
    slots_.assign(mask + 1, Slot{});
    letters_.clear(), parts_.clear();
    size_ = 0;
  }
  std::size_t i = hash >> 32 & mask;
  while (slots_[i].hash != 0) i = (i + 1) & mask;
  slots_[i] = {hash, static_cast<std::uint32_t>(letters_.size()),
               static_cast<std::uint32_t>(parts_.size()), static_cast<std::uint16_t>(word.size()),
               static_cast<std::uint16_t>(tokens.size())};
  letters_ += word;
  for (const Token& token : tokens)
    parts_.push_back({token.id, static_cast<std::uint16_t>(token.begin - at),
                      static_cast<std::uint16_t>(token.end - at)});
  ++size_;
}

}  // namespace fathom::text
