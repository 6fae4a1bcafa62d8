// Sources: batches that are structs, transforms with keys, subsets, joins, generated data; loaders
// over them that cannot hang.
#include "fathom/data/source.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "fathom/data/loader.h"
#include "fathom/fathom.h"
#include "tests/contains.h"
#include "tests/io/support.h"

using namespace fathom;
using test::contains;
using test::error_text;

namespace {

struct Item {
  Tensor x;                   // f32 (N, 2)
  std::optional<Tensor> tag;  // i64 (N)
};

/// Row i holds x = (i, i + 0.5) and tag = i.
Item counted(std::int64_t n) {
  const Tensor i = arange(n);
  return {stack(std::vector<Tensor>{cast(i, DType::f32), cast(i, DType::f32) + 0.5}, 1), i};
}

/// Everything that two passes give, in order.
template <class B>
std::vector<double> source_passes(const data::Source<B>& source,
                                  const data::LoaderOptions& options) {
  data::LoaderOf<B> loader(source, options);
  std::vector<double> all;
  for (int pass = 0; pass < 2; ++pass)
    for (const B& batch : loader) {
      data::for_each_tensor(batch, [&](const Tensor& t) {
        for (const double x : cast(t, DType::f64).to_vector<double>()) all.push_back(x);
      });
      all.push_back(-1);
    }
  return all;
}

/// The same for any number of workers.
template <class B>
std::vector<double> passes_of_all(const data::Source<B>& source, data::LoaderOptions options) {
  const std::vector<double> expected = source_passes(source, options);
  for (const int workers : {1, 3, 8}) {
    options.workers = workers;
    CHECK(source_passes(source, options) == expected);
  }
  return expected;
}

}  // namespace

TEST_CASE("source: a struct of tensors is a data set, and its batches are such structs") {
  const data::Source<Item> all = data::rows(counted(5));
  CHECK(all.size == 5);
  CHECK(passes_of_all(all, {.batch_size = 3}) ==
        std::vector<double>{0, 0.5, 1, 1.5, 2, 2.5, 0, 1, 2, -1, 3, 3.5, 4, 4.5, 3, 4, -1,
                            0, 0.5, 1, 1.5, 2, 2.5, 0, 1, 2, -1, 3, 3.5, 4, 4.5, 3, 4, -1});
  // A tensor, a list and a pair are batches too.
  CHECK(passes_of_all(data::rows(arange(4)), {.batch_size = 2}).size() == 12);
  CHECK(passes_of_all(data::rows(std::vector<Tensor>{arange(4), arange(4)}), {}).size() == 18);
  CHECK(passes_of_all(data::rows(std::pair(arange(4), arange(4))), {}).size() == 18);
}

TEST_CASE("source: samplers and batch samplers decide the rows") {
  const data::Source<Tensor> all = data::rows(arange(10));
  CHECK(passes_of_all(all, {.batch_size = 2, .sampler = data::shard(data::sequential(10), 1, 5)}) ==
        std::vector<double>{1, 6, -1, 1, 6, -1});
  const data::BatchSampler odd_first{
      2, [](std::uint64_t, std::int64_t) {
        return std::vector<std::vector<std::int64_t>>{{9, 1}, {0, 2, 4}};
      }};
  CHECK(passes_of_all(all, {.batch_sampler = odd_first}) ==
        std::vector<double>{9, 1, -1, 0, 2, 4, -1, 9, 1, -1, 0, 2, 4, -1});
  data::LoaderOf<Tensor> loader(all, {.batch_sampler = odd_first});
  loader.seek(0, 1);
  auto at = loader.begin();
  CHECK(loader.row_numbers().size() == 3);
  CHECK(at->to_vector<std::int64_t>() == std::vector<std::int64_t>{0, 2, 4});
}

TEST_CASE("source: what a transform draws depends on seed, epoch and place alone") {
  const data::Source<Item> all = data::rows(counted(23));
  const auto noisy = data::map_samples(all, [](Item item, const Tensor& key) {
    CHECK(item.x.shape() == Shape{2});
    item.x = item.x + random_uniform({2}, key);
    return item;
  });
  const auto expected = passes_of_all(noisy, {.batch_size = 4, .shuffle = true, .seed = 9});
  CHECK(source_passes(noisy, {.batch_size = 4, .shuffle = true, .seed = 10}) != expected);
  // Batches of another size draw the same numbers for the same places.
  const auto values = [&](std::int64_t batch_size) {
    std::vector<double> all = source_passes(noisy, {.batch_size = batch_size});
    std::erase_if(all, [](double x) { return x < 0 || x == std::floor(x); });
    return all;
  };
  CHECK(values(4) == values(23));
  const auto scaled = data::map(all, [](const Item& item, const Tensor& key) {
    return std::pair(item.x * random_uniform({item.x.size(0), 1}, key), *item.tag);
  });
  passes_of_all(scaled, {.batch_size = 5, .shuffle = true});
}

TEST_CASE("source: subset, concat, samples with a collate function") {
  const data::Source<Tensor> a = data::rows(arange(4)), b = data::rows(arange(3) + 100);
  CHECK(passes_of_all(data::subset(a, {3, 1}), {}) == std::vector<double>{3, 1, -1, 3, 1, -1});
  CHECK(passes_of_all(data::concat<Tensor>({a, b}), {.batch_size = 3}) ==
        std::vector<double>{0, 1, 2, -1, 3, 100, 101, -1, 102, -1,
                            0, 1, 2, -1, 3, 100, 101, -1, 102, -1});
  passes_of_all(data::concat<Tensor>({a, b}), {.batch_size = 3, .shuffle = true});
  // Rows of different lengths, padded by the user's function.
  const auto ragged = data::samples(
      4, [](std::int64_t i) { return ones({i + 1}); },
      [](const std::vector<Tensor>& list) {
        std::vector<Tensor> padded;
        for (const Tensor& t : list)
          padded.push_back(concat(std::vector<Tensor>{t, zeros({5 - t.size(0)})}, 0));
        return data::stack(padded);
      });
  CHECK((*data::loader(ragged, {.batch_size = 4}).begin()).shape() == Shape{4, 5});
}

TEST_CASE("source: generated data come in order, from any number of workers") {
  const auto numbers = data::generate([](const data::Draw& draw) {
    return [i = std::int64_t{0}, epoch = draw.epoch]() mutable -> std::optional<Tensor> {
      if (i == 7) return std::nullopt;
      return full({}, 10 * epoch + i++);
    };
  });
  CHECK(passes_of_all(numbers, {.batch_size = 3}) == std::vector<double>{0,  1,  2,  -1, 3,  4,  5,
                                                                         -1, 6,  -1, 10, 11, 12, -1,
                                                                         13, 14, 15, -1, 16, -1});
  CHECK(passes_of_all(numbers, {.batch_size = 3, .drop_last = true}).size() == 16);
  data::LoaderOf<Tensor> loader(numbers, {.batch_size = 3});
  loader.seek(1, 2);
  CHECK(loader.begin()->to_vector<float>() == std::vector<float>{16});
  CHECK(contains(error_text<ValueError>([&] { data::loader(numbers, {.shuffle = true}); }),
                 "order of their own"));
}

TEST_CASE("loader: neither a throwing transform nor an early end leaves it hanging") {
  std::atomic<int> running{0}, stopped{0};
  const auto slow = data::samples(1000, [&](std::int64_t i) {
    ++running;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    --running;
    if (i == 37) throw ValueError({.operation = "transform", .problem = "row 37 is bad"});
    return full({}, i);
  });
  for (const int workers : {0, 1, 4}) {
    CAPTURE(workers);
    std::int64_t good = 0;
    CHECK(contains(error_text<ValueError>([&] {
                     for (const Tensor& t :
                          data::loader(slow, {.batch_size = 5, .workers = workers}))
                       good += t.size();
                   }),
                   "row 37"));
    CHECK(good == 35);
    for (const Tensor& t : data::loader(slow, {.batch_size = 2, .workers = workers})) {
      CHECK(t.size() == 2);
      break;
    }
    CHECK(running == 0);  // the destructor has waited for whatever ran
  }
  // A transform that waits for something can be told that nobody wants it any more.
  data::Source<Tensor> endless;
  endless.size = 10;
  endless.fetch = [&](std::span<const std::int64_t> rows, const data::Draw& draw) {
    while (rows[0] > 0 && !draw.stop.stop_requested()) std::this_thread::yield();
    if (rows[0] > 0) ++stopped;
    return full({1}, rows[0]);
  };
  for (const Tensor& t : data::loader(endless, {.batch_size = 1, .workers = 3})) {
    CHECK(t.item() == 0);
    break;
  }
  CHECK(stopped >= 1);
}

TEST_CASE("source: wrong use") {
  CHECK(contains(error_text<ShapeError>([] { data::rows(std::pair(arange(3), arange(4))); }),
                 "different numbers of rows"));
  CHECK(contains(error_text<ShapeError>([] { data::rows(full({}, 1)); }), "a scalar has no rows"));
  CHECK(contains(error_text<ValueError>([] { data::rows(std::vector<Tensor>{}); }), "no tensors"));
  const data::Source<Tensor> all = data::rows(arange(4));
  CHECK(contains(error_text<IndexError>([&] { data::subset(all, {4}); }), "row 4 is out of range"));
  CHECK(contains(error_text<ValueError>([&] { data::loader(data::subset(all, {})); }), "no batch"));
  const auto ragged = data::samples(3, [](std::int64_t i) { return ones({i + 1}); });
  CHECK(contains(error_text<ShapeError>([&] { data::loader(ragged).begin(); }), "collate"));
  CHECK(contains(error_text<ValueError>(
                     [&] { data::loader(all, {.shuffle = true, .sampler = data::sequential(4)}); }),
                 "exclude each other"));
  CHECK(contains(error_text<ValueError>([&] {
                   data::loader(all, {.drop_last = true,
                                      .batch_sampler = data::batches_of(data::sequential(4), 2)});
                 }),
                 "it alone"));
  CHECK(contains(error_text<ValueError>([&] { data::loader(all, {.prefetch = 0}); }),
                 "prefetch is 0"));
  CHECK(contains(
      error_text<IndexError>([&] { data::loader(all, {.sampler = data::sequential(5)}).begin(); }),
      "row 4 is out of range"));
}
