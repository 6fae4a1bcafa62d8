#include "fathom/text/encoding.h"

#include <algorithm>

#include "fathom/core/error.h"

namespace fathom::text {
namespace {

// Calls f for each list of two encodings that has an entry a token.
template <class A, class B, class F> void each_list(A& a, B& b, F&& f) {
  f(a.ids, b.ids), f(a.type_ids, b.type_ids), f(a.tokens, b.tokens), f(a.offsets, b.offsets);
  f(a.words, b.words), f(a.special_tokens_mask, b.special_tokens_mask);
  f(a.attention_mask, b.attention_mask);
}

Encoding cut(const Encoding& from, std::size_t begin, std::size_t end) {
  Encoding out;
  each_list(out, from, [&](auto& to, const auto& list) {
    if (!list.empty())
      to.assign(list.begin() + static_cast<std::ptrdiff_t>(begin),
                list.begin() + static_cast<std::ptrdiff_t>(end));
  });
  return out;
}

}  // namespace

std::vector<std::int32_t> Encoding::sequence_ids() const {
  std::vector<std::int32_t> out(size(), sequences.empty() ? 0 : -1);
  for (const Sequence& s : sequences)
    std::fill(out.begin() + s.begin, out.begin() + s.end, static_cast<std::int32_t>(s.sequence));
  return out;
}

void Encoding::truncate(std::size_t length, std::size_t stride, Side side) {
  if (length >= size()) return;
  if (length == 0) {
    Encoding rest = std::move(*this);
    *this = {};
    overflowing.push_back(std::move(rest));
    return;
  }
  if (stride >= length)
    throw ValueError(
        {.operation = "truncate",
         .problem = "the stride is too long",
         .received = {{"stride", std::to_string(stride)}, {"length", std::to_string(length)}},
         .expected = "stride < length without the special tokens"});
  std::vector<Encoding> parts;
  const std::size_t step = length - stride;
  if (side == Side::right) {
    for (std::size_t begin = 0;; begin += step) {
      const std::size_t end = std::min(begin + length, size());
      parts.push_back(cut(*this, begin, end));
      if (end == size()) break;
    }
  } else {
    for (std::size_t end = size();; end -= step) {
      const std::size_t begin = end > length ? end - length : 0;
      parts.push_back(cut(*this, begin, end));
      if (begin == 0) break;
    }
  }
  *this = std::move(parts.front());
  overflowing.assign(std::make_move_iterator(parts.begin() + 1),
                     std::make_move_iterator(parts.end()));
}

void Encoding::pad(std::size_t length, std::uint32_t id, std::uint32_t type_id,
                   const std::string& token, Side side) {
  for (Encoding& part : overflowing) part.pad(length, id, type_id, token, side);
  if (size() >= length) return;
  const std::size_t count = length - size();
  const bool with_tokens = tokens.size() == size();
  const auto fill = [&](auto& list, const auto& value) {
    list.insert(side == Side::left ? list.begin() : list.end(), count, value);
  };
  if (with_tokens) fill(tokens, token);
  fill(ids, id), fill(type_ids, type_id), fill(offsets, Offsets{}), fill(words, -1);
  fill(special_tokens_mask, std::uint8_t{1}), fill(attention_mask, std::uint8_t{0});
  if (side == Side::left)
    for (Sequence& s : sequences)
      s.begin += static_cast<std::uint32_t>(count), s.end += static_cast<std::uint32_t>(count);
}

void Encoding::append(const Encoding& other) {
  std::vector<Encoding> over;
  const auto join = [&](const Encoding& a, const Encoding& b) {
    over.push_back(a);
    over.back().append(b);
  };
  for (const Encoding& mine : overflowing) {
    join(mine, other);
    for (const Encoding& theirs : other.overflowing) join(mine, theirs);
  }
  for (const Encoding& theirs : other.overflowing) join(*this, theirs);
  const auto shift = static_cast<std::uint32_t>(size());
  for (const Sequence& s : other.sequences) {
    std::erase_if(sequences, [&](const Sequence& mine) { return mine.sequence == s.sequence; });
    sequences.push_back({s.sequence, s.begin + shift, s.end + shift});
  }
  each_list(*this, other,
            [](auto& to, const auto& list) { to.insert(to.end(), list.begin(), list.end()); });
  overflowing = std::move(over);
}

}  // namespace fathom::text
