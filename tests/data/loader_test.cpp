// The loader: the same batches for any number of workers, resumption in the middle of an epoch,
// errors and cancellation.
#include "fathom/data/loader.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <set>
#include <thread>

#include "fathom/core/error.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;

namespace {

/// Row i holds 3 i, 3 i + 1, 3 i + 2, and is of class i mod 5.
data::Dataset counting(std::int64_t rows) {
  std::vector<std::uint8_t> values;
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (int k = 0; k < 3; ++k) values.push_back(static_cast<std::uint8_t>((3 * i + k) % 251));
    labels.push_back(i % 5);
  }
  data::Dataset d;
  d.name = "counting";
  d.inputs = Tensor::from(values, {rows, 3});
  d.labels = Tensor::from(labels);
  d.class_names = {"a", "b", "c", "d", "e"};
  d.sample_shape = {3};
  d.preprocessing = data::Preprocessing::pixels(250);
  return d;
}

/// Everything that two passes give, in order.
std::vector<float> passes(data::Loader& loader, int count = 2) {
  std::vector<float> all;
  for (int i = 0; i < count; ++i)
    for (const data::Batch& batch : loader) {
      for (const float x : batch.inputs.to_vector<float>()) all.push_back(x);
      for (const auto y : batch.labels.to_vector<std::int64_t>())
        all.push_back(static_cast<float>(y));
      all.push_back(-static_cast<float>(batch.size()));
    }
  return all;
}

}  // namespace

TEST_CASE("loader: the same batches for 0, 1 and 8 workers") {
  const data::Dataset d = counting(103);
  for (const bool shuffle : {false, true})
    for (const bool drop_last : {false, true}) {
      CAPTURE(shuffle);
      data::LoaderOptions options{
          .batch_size = 10, .shuffle = shuffle, .drop_last = drop_last, .seed = 3};
      data::Loader alone(d, options);
      const std::vector<float> expected = passes(alone);
      CHECK(alone.batches() == (drop_last ? 10 : 11));
      for (const int workers : {1, 2, 8, 50}) {
        CAPTURE(workers);
        options.workers = workers;
        data::Loader loader(d, options);
        CHECK(passes(loader) == expected);
      }
    }
}

TEST_CASE("loader: a pass without shuffling gives the rows in order, scaled") {
  const data::Dataset d = counting(7);
  std::vector<float> inputs;
  std::vector<std::int64_t> sizes;
  for (const data::Batch& batch : data::loader(d, {.batch_size = 3})) {
    CHECK(batch.inputs.dtype() == DType::f32);
    CHECK(batch.inputs.shape() == Shape{batch.size(), 3});
    for (const float x : batch.inputs.to_vector<float>()) inputs.push_back(x);
    sizes.push_back(batch.size());
  }
  CHECK(sizes == std::vector<std::int64_t>{3, 3, 1});
  REQUIRE(inputs.size() == 21);
  for (std::size_t i = 0; i < 21; ++i) CHECK(inputs[i] == static_cast<float>(i) * (1.0F / 250));
}

TEST_CASE("loader: shuffling is a permutation that depends on seed and epoch alone") {
  const auto first = data::permutation(1000, 7, 0);
  CHECK(std::set<std::int64_t>(first.begin(), first.end()).size() == 1000);
  CHECK(first == data::permutation(1000, 7, 0));
  CHECK(first != data::permutation(1000, 7, 1));
  CHECK(first != data::permutation(1000, 8, 0));
  // The same on every machine: these numbers are part of every run that was ever resumed.
  CHECK(data::permutation(8, 0, 0) == std::vector<std::int64_t>{7, 1, 0, 6, 3, 2, 4, 5});
  CHECK(data::permutation(0, 0, 0).empty());
}

TEST_CASE("loader: seek goes on in the middle of an epoch") {
  const data::Dataset d = counting(50);
  const data::LoaderOptions options{.batch_size = 8, .shuffle = true, .workers = 2, .seed = 1};
  data::Loader whole(d, options);
  std::vector<std::vector<float>> expected;
  for (int epoch = 0; epoch < 3; ++epoch)
    for (const data::Batch& batch : whole) expected.push_back(batch.inputs.to_vector<float>());
  data::Loader resumed(d, options);
  for (std::int64_t batch = 0; batch <= whole.batches(); ++batch) {
    resumed.seek(1, batch);
    auto at = static_cast<std::size_t>(whole.batches() + batch);
    for (const data::Batch& b : resumed) CHECK(b.inputs.to_vector<float>() == expected[at++]);
    CHECK(at == static_cast<std::size_t>(2 * whole.batches()));
    // The next pass is the next epoch, from its beginning.
    CHECK((*resumed.begin()).inputs.to_vector<float>() == expected[at]);
  }
  CHECK(error_text<IndexError>([&] { resumed.seek(0, 8); }).find("no batch 8") !=
        std::string::npos);
}

TEST_CASE("loader: workers stop at once when a pass is left, and run a bounded number ahead") {
  std::atomic<int> fetched{0};
  const auto slow = [&](std::span<const std::int64_t> rows, const data::Draw&) {
    ++fetched;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto n = static_cast<std::int64_t>(rows.size());
    return data::Batch{Tensor::from(std::vector<float>(rows.size()), {n, 1}),
                       Tensor::from(std::vector<std::int64_t>(rows.size()))};
  };
  for (int left_after = 0; left_after < 40; ++left_after) {
    fetched = 0;
    data::Loader loader({.size = 100000, .fetch = slow}, {.batch_size = 1, .workers = 4});
    int taken = 0;
    for (const data::Batch& batch : loader) {
      CHECK(batch.size() == 1);
      if (++taken > left_after) break;
    }
    CHECK(fetched <= taken + 8);
  }
  // A pass that begins again while one runs gives it up.
  data::Loader loader({.size = 1000, .fetch = slow}, {.batch_size = 1, .workers = 4});
  for (int i = 0; i < 20; ++i) loader.begin();
}

TEST_CASE("loader: what a worker throws comes at its batch, and the loader lives on") {
  const data::Dataset d = counting(30);
  std::atomic<bool> broken = true;
  const auto fetch = [&](std::span<const std::int64_t> rows, const data::Draw&) {
    if (broken && rows[0] == 12) throw IoError({.operation = "read", .problem = "row 12 is gone"});
    return data::Batch{data::gather_rows(d.inputs, rows), data::gather_rows(d.labels, rows)};
  };
  for (const int workers : {0, 1, 8}) {
    CAPTURE(workers);
    broken = true;
    data::Loader loader({.size = 30, .fetch = fetch, .prepare = data::source(d).prepare},
                        {.batch_size = 3, .workers = workers});
    int good = 0;
    CHECK(error_text<IoError>([&] {
            for (const data::Batch& batch : loader) good += batch.size() == 3 ? 1 : 0;
          }).find("row 12") != std::string::npos);
    CHECK(good == 4);
    broken = false;
    CHECK(passes(loader, 1).size() == 30 * 4 + 10);
  }
}

TEST_CASE("loader: options that make no sense") {
  const data::Dataset d = counting(5);
  CHECK(error_text<ValueError>([&] {
          data::Loader(d, {.batch_size = 0});
        }).find("batch_size is 0") != std::string::npos);
  CHECK(error_text<ValueError>([&] { data::Loader(d, {.workers = -1}); }).find("workers is -1") !=
        std::string::npos);
  CHECK(error_text<ValueError>([&] {
          data::Loader(d, {.batch_size = 6, .drop_last = true});
        }).find("no batch") != std::string::npos);
}
