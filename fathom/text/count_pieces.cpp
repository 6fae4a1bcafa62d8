// The pieces of many texts counted, on all threads.
#include <algorithm>
#include <unordered_map>

#include "fathom/backend/cpu/pool.h"
#include "fathom/core/error.h"
#include "fathom/text/byte_level.h"
#include "fathom/text/tokenizer_state.h"

namespace fathom::text {
namespace {

/// Counts by texts, in the order in which these came.
class WordCounts {
 public:
  void add(std::string_view word, std::uint64_t count) {
    auto at = counts_.find(word);
    if (at == counts_.end()) {
      at = counts_.emplace(word, 0).first;
      order_.push_back(&*at);
    }
    at->second += count;
  }
  void add(const WordCounts& other) {
    for (const Entry* entry : other.order_) add(entry->first, entry->second);
  }
  template <class Function> void for_each(Function function) const {
    for (const Entry* entry : order_) function(entry->first, entry->second);
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Counts = std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>>;
  using Entry = Counts::value_type;
  Counts counts_;
  std::vector<const Entry*> order_;
};

void check(std::string_view text, std::size_t number) {
  try {
    check_text(text, "train");
  } catch (Error& error) {
    error.change([&](ErrorInfo info) {
      info.received.emplace_back("text", std::to_string(number));
      return info;
    });
    throw;
  }
}

}  // namespace

std::vector<CountedWord> Tokenizer::count_pieces(std::span<const std::string> texts,
                                                 Where where) const {
  return located(where, [&] {
    // The parts do not depend on the threads, so neither does the order of the words.
    constexpr std::size_t least = 64, most_parts = 16;
    const std::size_t part = std::max(least, (texts.size() + most_parts - 1) / most_parts);
    std::vector<WordCounts> parts((texts.size() + part - 1) / part);
    cpu::parallel_for(static_cast<std::int64_t>(parts.size()), [&](std::int64_t task) {
      State::Borrowed work(*state_);
      Pieces& pieces = (*work).pieces;
      WordCounts& counts = parts[static_cast<std::size_t>(task)];
      const std::size_t begin = static_cast<std::size_t>(task) * part;
      for (std::size_t i = begin; i < std::min(begin + part, texts.size()); ++i) {
        check(texts[i], i);
        state_->cut_as_text(texts[i], pieces);
        for (const Piece& piece : pieces.list) counts.add(pieces.of(piece), 1);
      }
    });
    WordCounts all;
    for (WordCounts& each : parts) {
      all.add(each);
      each = {};
    }
    std::vector<CountedWord> out;
    all.for_each([&](const std::string& word, std::uint64_t count) {
      out.push_back({state_->in_bytes ? from_bytes(word) : word, count});
    });
    return out;
  });
}

}  // namespace fathom::text
