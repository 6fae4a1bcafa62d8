// Private to fathom/text: memory that a thread uses again from piece to piece, and the words that
// it has seen.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/text/parts.h"

namespace fathom::text {

/// Words and their tokens. Bounded: when it is full it begins anew.
class WordCache {
 public:
  /// Appends the tokens of a word that stands at `at`: those that are known, or those that make()
  /// appends, which are known from then on.
  template <class Make>
  void tokenize(std::string_view word, std::uint32_t at, std::vector<Token>& out, Make&& make) {
    if (word.size() > longest) return make();
    const std::uint64_t code = hash(word);
    const std::span<const Part> known = find(word, code);
    for (const Part& part : known) out.push_back({part.id, at + part.begin, at + part.end});
    if (known.data()) return;
    const std::size_t before = out.size();
    make();
    keep(word, code, std::span(out).subspan(before), at);
  }

 private:
  /// A token of a word: bytes [begin, end) of it.
  struct Part {
    std::uint32_t id;
    std::uint16_t begin, end;
  };
  static constexpr std::size_t longest = 64;  // bytes of a word that is worth keeping

  static std::uint64_t hash(std::string_view word) {
    std::uint64_t h = word.size() * 0x9E3779B97F4A7C15u;
    const char* p = word.data();
    std::size_t left = word.size();
    const auto mix = [&](std::uint64_t bytes) {
      const unsigned __int128 product =
          static_cast<unsigned __int128>(h ^ bytes) * 0xD6E8FEB86659FD93u;
      h = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    for (; left >= 8; p += 8, left -= 8) {
      std::uint64_t bytes;
      std::memcpy(&bytes, p, 8);
      mix(bytes);
    }
    if (left > 0) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, p, left);
      mix(bytes);
    }
    return h | 1;  // 0 is a free slot
  }

  static constexpr std::size_t mask = (1 << 16) - 1, most = 40'000;

  /// The tokens of a word that is known. A span without data: it is not.
  std::span<const Part> find(std::string_view word, std::uint64_t hash) const {
    for (std::size_t i = hash >> 32 & mask; !slots_.empty() && slots_[i].hash != 0;
         i = (i + 1) & mask)
      if (slots_[i].hash == hash && slots_[i].length == word.size() &&
          std::memcmp(letters_.data() + slots_[i].word, word.data(), word.size()) == 0)
        return {parts_.data() + slots_[i].part, slots_[i].count};
    return {};
  }
  void keep(std::string_view word, std::uint64_t hash, std::span<const Token> tokens,
            std::uint32_t at);

  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t word = 0, part = 0;
    std::uint16_t length = 0, count = 0;
  };
  std::vector<Slot> slots_;
  std::string letters_;
  std::vector<Part> parts_;
  std::size_t size_ = 0;
};

/// Numbers for dropout: a function of the seed and how many were drawn.
struct Draws {
  std::uint64_t state = 0;
  double next() {  // splitmix64 (Steele et al. 2014)
    std::uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return static_cast<double>((z ^ z >> 31) >> 11) * 0x1p-53;
  }
};

struct Workspace {
  WordCache words;
  Draws draws;
  /// A part of a word while BPE merges; a list by the places of its neighbours.
  struct Symbol {
    std::uint32_t id, length;
    std::int32_t previous, next;
  };
  std::vector<Symbol> symbols;
  /// The best way to each byte, for Unigram.
  struct Best {
    double score;
    std::uint32_t id, begin;
  };
  std::vector<Best> best;
  std::string letters;

  Pieces pieces;
  std::vector<Token> tokens;
};

}  // namespace fathom::text
