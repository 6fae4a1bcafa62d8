#include "fathom/data/token_batches.h"

#include <algorithm>
#include <string>

#include "fathom/core/error.h"
#include "fathom/graph/op.h"
#include "fathom/math/philox.h"

namespace fathom::data {

namespace {

constexpr std::int64_t kIgnored = -100;

/// Rows of one length, filled up.
Tensor padded(const TokenSequences& rows, std::int64_t length, std::int64_t fill) {
  std::vector<std::int64_t> all;
  for (const auto& row : rows) {
    all.insert(all.end(), row.begin(), row.end());
    all.resize(all.size() + static_cast<std::size_t>(length) - row.size(), fill);
  }
  return Tensor::from(all, {static_cast<std::int64_t>(rows.size()), length});
}

TokenBatch padded(const TokenSequences& ids, const TokenSequences& labels,
                  const TokenPadding& padding, const char* collator) {
  if (padding.length < 0 || padding.multiple < 1)
    throw ValueError({.operation = collator,
                      .problem = "the padding makes no length",
                      .received = {{"padding.length", std::to_string(padding.length)},
                                   {"padding.multiple", std::to_string(padding.multiple)}},
                      .expected = "a length of at least 0 and a multiple of at least 1"});
  std::int64_t longest = 1;
  for (const auto& row : ids) longest = std::max(longest, static_cast<std::int64_t>(row.size()));
  if (padding.length > 0 && longest > padding.length)
    throw ValueError({.operation = collator,
                      .problem = "a sequence of " + std::to_string(longest) + " tokens",
                      .expected = "at most padding.length, " + std::to_string(padding.length),
                      .hint = "truncate it when it is made of a text"});
  std::int64_t length = padding.length > 0 ? padding.length : longest;
  length = (length + padding.multiple - 1) / padding.multiple * padding.multiple;
  const auto count = static_cast<std::int64_t>(ids.size());
  auto [present, memory] = Tensor::uninitialized(DType::boolean, {count, length});
  auto* at = static_cast<bool*>(memory);
  for (const auto& row : ids)
    for (std::int64_t i = 0; i < length; ++i) *at++ = i < static_cast<std::int64_t>(row.size());
  return {padded(ids, length, padding.id), padded(labels, length, kIgnored), present};
}

/// Whether a word falls into the first `share` of all words.
bool falls(std::uint32_t word, double share) { return static_cast<double>(word) < share * 0x1p32; }

}  // namespace

MaskedLanguageCollator::MaskedLanguageCollator(MaskedLanguageOptions options, Where where)
    : options_(std::move(options)) {
  constexpr const char* name = "data::MaskedLanguageCollator";
  const MaskedLanguageOptions& o = options_;
  if (o.mask_id < 0 || o.mask_id >= o.vocabulary)
    throw ValueError(
        {.operation = name,
         .problem = "mask_id is " + std::to_string(o.mask_id),
         .expected = "a token of the vocabulary, [0, " + std::to_string(o.vocabulary) + ")",
         .where = to_string(where)});
  for (const auto& [option, share] :
       {std::pair{"probability", o.probability}, std::pair{"masked", o.masked},
        std::pair{"random", o.random}, std::pair{"masked + random", o.masked + o.random}})
    if (!(share >= 0 && share <= 1 + 1e-12))
      throw ValueError({.operation = name,
                        .problem = std::string(option) + " is " + graph::print_field(share),
                        .expected = "a share in [0, 1]",
                        .where = to_string(where)});
}

TokenBatch MaskedLanguageCollator::operator()(const TokenSequences& sequences,
                                              const Draw& draw) const {
  TokenSequences ids = sequences, labels = sequences;
  for (std::size_t row = 0; row < ids.size(); ++row) {
    const auto key = draw.key(static_cast<std::int64_t>(row)).item<std::int64_t>();
    for (std::size_t i = 0; i < ids[row].size(); ++i) {
      std::int64_t& id = ids[row][i];
      const auto [w] = philox::words(static_cast<std::uint64_t>(key), i);
      if (std::ranges::find(options_.special_ids, id) != options_.special_ids.end() ||
          !falls(w[0], options_.probability)) {
        labels[row][i] = kIgnored;
      } else if (falls(w[1], options_.masked)) {
        id = options_.mask_id;
      } else if (falls(w[1], options_.masked + options_.random)) {
        id = static_cast<std::int64_t>((w[2] * static_cast<std::uint64_t>(options_.vocabulary)) >>
                                       32);
      }
    }
  }
  return padded(ids, labels, options_.padding, "data::MaskedLanguageCollator");
}

TokenBatch NextTokenCollator::operator()(const TokenSequences& sequences, const Draw&) const {
  TokenSequences ids = sequences, labels = sequences;
  for (std::size_t row = 0; row < ids.size(); ++row) {
    if (ids[row].size() < 2)
      throw ValueError({.operation = "data::NextTokenCollator",
                        .problem = "a sequence of " + std::to_string(ids[row].size()) + " tokens",
                        .expected = "two or more: one, and the next"});
    ids[row].pop_back();
    labels[row].erase(labels[row].begin());
  }
  return padded(ids, labels, padding_, "data::NextTokenCollator");
}

}  // namespace fathom::data
