// Collators of language models: shares of masks, labels, padding, and that workers do not show.
#include "fathom/data/token_batches.h"

#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"

using namespace fathom;
using data::TokenBatch;
using data::TokenSequences;

namespace {

constexpr std::int64_t vocabulary = 1000, mask = 4;

/// `count` sequences of 20 to 39 tokens of [10, 1000), between 2 and 3.
TokenSequences sequences(std::int64_t count) {
  TokenSequences all;
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<std::int64_t>& s = all.emplace_back(1, 2);
    for (std::int64_t j = 0; j < 18 + i % 20; ++j) s.push_back(10 + (i * 31 + j * 7) % 990);
    s.push_back(3);
  }
  return all;
}

const data::MaskedLanguageCollator collator({.mask_id = mask,
                                             .vocabulary = vocabulary,
                                             .special_ids = {2, 3}});

std::vector<std::int64_t> ids_of_epoch(std::int64_t batch_size, int workers, std::int64_t epoch,
                                       std::uint64_t seed) {
  std::vector<std::int64_t> all;
  for (const TokenBatch& b :
       data::loader(data::token_source(sequences(50), collator), {.batch_size = batch_size,
                                                                 .shuffle = true,
                                                                 .workers = workers,
                                                                 .seed = seed,
                                                                 .epoch = epoch})) {
    const auto ids = b.ids.to_vector<std::int64_t>();
    const auto there = b.present.to_vector<int>();
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (there[i]) all.push_back(ids[i]);
  }
  return all;
}

}  // namespace

TEST_CASE("masked language: 15 % are to be told, of which 80 % are hidden and 10 % replaced") {
  const TokenSequences all = sequences(2000);
  const TokenBatch b = collator(all, {.seed = 1});
  const auto ids = b.ids.to_vector<std::int64_t>(), labels = b.labels.to_vector<std::int64_t>();
  const auto width = static_cast<std::size_t>(b.ids.size(1));
  CHECK(width == 39);
  double tokens = 0, told = 0, hidden = 0, kept = 0;
  for (std::size_t row = 0; row < all.size(); ++row)
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t at = row * width + i;
      if (i >= all[row].size()) {
        CHECK((ids[at] == 0 && labels[at] == -100));
        continue;
      }
      const std::int64_t was = all[row][i];
      if (labels[at] == -100) {
        CHECK(ids[at] == was);
      } else {
        CHECK((labels[at] == was && was != 2 && was != 3));
        ++told;
        hidden += ids[at] == mask;
        kept += ids[at] == was;
      }
      tokens += was != 2 && was != 3;
    }
  CHECK(std::abs(told / tokens - 0.15) < 0.005);
  CHECK(std::abs(hidden / told - 0.8) < 0.02);
  CHECK(std::abs(kept / told - 0.1) < 0.015);
  CHECK(sum(b.present).item<std::int64_t>() == static_cast<std::int64_t>(tokens) + 4000);
}

TEST_CASE("masked language: masks are decided by seed, epoch and place alone") {
  const auto first = ids_of_epoch(8, 0, 0, 1);
  CHECK(ids_of_epoch(8, 3, 0, 1) == first);
  CHECK(ids_of_epoch(25, 2, 0, 1) == first);
  CHECK(ids_of_epoch(8, 0, 1, 1) != first);
  CHECK(ids_of_epoch(8, 0, 0, 2) != first);
}

TEST_CASE("next token: labels are the ids moved on by one; lengths are rounded up") {
  const TokenSequences two{{5, 6, 7, 8}, {9, 10}};
  const TokenBatch b = data::NextTokenCollator({.id = 1, .multiple = 4})(two, {});
  CHECK(b.ids.to_vector<int>() == std::vector{5, 6, 7, 1, 9, 1, 1, 1});
  CHECK(b.labels.to_vector<int>() == std::vector{6, 7, 8, -100, 10, -100, -100, -100});
  CHECK(b.present.to_vector<int>() == std::vector{1, 1, 1, 0, 1, 0, 0, 0});
  CHECK(data::NextTokenCollator({.length = 7})(two, {}).ids.shape() == Shape{2, 7});
}
