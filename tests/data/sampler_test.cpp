// Samplers and splits: what they draw, that they cover, that seeds decide, what they refuse.
#include "fathom/data/sampler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "fathom/data/builtin.h"
#include "fathom/data/split.h"
#include "fathom/fathom.h"
#include "tests/contains.h"
#include "tests/io/support.h"

using namespace fathom;
using data::RowNumbers;
using test::contains;
using test::error_text;

namespace {

bool covers(RowNumbers rows, std::int64_t n) {
  std::ranges::sort(rows);
  return rows == data::sequential(n).draw(0, 0);
}
/// 60 rows of class 0, 30 of class 1, 10 of class 2, in blocks.
Tensor uneven_labels() {
  std::vector<std::int64_t> labels(100);
  for (std::size_t i = 60; i < 100; ++i) labels[i] = i < 90 ? 1 : 2;
  return Tensor::from(labels);
}
std::map<std::int64_t, int> classes_of(std::span<const std::int64_t> rows, const Tensor& labels) {
  const auto all = labels.data<std::int64_t>();
  std::map<std::int64_t, int> counts;
  for (const std::int64_t row : rows) ++counts[all[static_cast<std::size_t>(row)]];
  return counts;
}

}  // namespace

TEST_CASE("sampler: draws are decided by seed and epoch") {
  const data::Sampler samplers[] = {data::shuffled(50), data::with_replacement(50, 80),
                                    data::weighted(std::vector<double>(50, 0.5), 80),
                                    data::weighted(std::vector<double>(50, 0.5), 20, false),
                                    data::stratified(uneven_labels())};
  for (const data::Sampler& s : samplers) {
    CHECK(s.draw(1, 0) == s.draw(1, 0));
    CHECK(s.draw(1, 0) != s.draw(1, 1));
    CHECK(s.draw(1, 0) != s.draw(2, 0));
    CHECK(static_cast<std::int64_t>(s.draw(1, 0).size()) == s.size);
  }
  CHECK(data::sequential(3).draw(5, 7) == RowNumbers{0, 1, 2});
}

TEST_CASE("sampler: weights are probabilities") {
  const std::vector<double> weights{0, 1, 3, 0, 6};
  std::map<std::int64_t, int> counts;
  for (const std::int64_t row : data::weighted(weights, 10000).draw(3, 0)) ++counts[row];
  CHECK(counts.size() == 3);
  CHECK(counts[1] == doctest::Approx(1000).epsilon(0.1));
  CHECK(counts[2] == doctest::Approx(3000).epsilon(0.1));
  CHECK(counts[4] == doctest::Approx(6000).epsilon(0.1));
  counts.clear();
  for (std::int64_t epoch = 0; epoch < 2000; ++epoch) {
    const RowNumbers rows = data::weighted(weights, 2, false).draw(0, epoch);
    CHECK(rows[0] != rows[1]);
    ++counts[rows[0]];
  }
  CHECK(counts[4] == doctest::Approx(1200).epsilon(0.1));
  CHECK(counts[0] + counts[3] == 0);
}

TEST_CASE("sampler: each stretch of a stratified order has the classes of the whole") {
  const Tensor labels = uneven_labels();
  const RowNumbers order = data::stratified(labels).draw(4, 2);
  CHECK(covers(order, 100));
  for (std::size_t begin = 0; begin < 100; begin += 10) {
    auto counts = classes_of(std::span(order).subspan(begin, 10), labels);
    CHECK(std::abs(counts[0] - 6) <= 1);
    CHECK(std::abs(counts[1] - 3) <= 1);
    CHECK(std::abs(counts[2] - 1) <= 1);
  }
}

TEST_CASE("sampler: shards are of one size and make up the whole") {
  for (const std::int64_t n : {12, 13, 2}) {
    RowNumbers repeated, dropped;
    for (std::int64_t i = 0; i < 3; ++i) {
      const auto r = data::shard(data::shuffled(n), i, 3).draw(1, 1);
      const auto d = data::shard(data::shuffled(n), i, 3, data::Uneven::drop).draw(1, 1);
      CHECK(r.size() == static_cast<std::size_t>((n + 2) / 3));
      CHECK(d.size() == static_cast<std::size_t>(n / 3));
      repeated.insert(repeated.end(), r.begin(), r.end());
      dropped.insert(dropped.end(), d.begin(), d.end());
    }
    CHECK(std::set(repeated.begin(), repeated.end()).size() == static_cast<std::size_t>(n));
    CHECK(std::set(dropped.begin(), dropped.end()).size() == dropped.size());
  }
}

TEST_CASE("split: parts cover the rows and keep the proportions") {
  const auto parts = data::split_rows(103, {0.7, 0.2, 0.1}, 5);
  RowNumbers all;
  for (const RowNumbers& p : parts) all.insert(all.end(), p.begin(), p.end());
  CHECK(covers(all, 103));
  CHECK(parts[0].size() == 73);  // of 72.1, 20.6 and 10.3 a row is left over
  CHECK(parts[1].size() == 20);
  CHECK(parts[2].size() == 10);
  CHECK(data::split_rows(103, {0.7, 0.2, 0.1}, 5) == parts);
  CHECK(data::split_rows(103, {0.7, 0.2, 0.1}, 6) != parts);
  CHECK(data::split_rows(10, {7, 3})[1].size() == 3);
  CHECK(data::split_rows(10, {0.1, 0.2, 0.7})[1].size() == 2);
  const Tensor labels = uneven_labels();
  const auto stratified = data::stratified_split_rows(labels, {0.8, 0.2}, 1);
  auto counts = classes_of(stratified[1], labels);
  CHECK(std::abs(counts[0] - 12) <= 1);
  CHECK(std::abs(counts[1] - 6) <= 1);
  CHECK(std::abs(counts[2] - 2) <= 1);
  const data::Dataset iris = data::iris().train;
  const auto thirds = data::stratified_split(iris, {0.5, 0.5});
  CHECK(thirds[0].size() + thirds[1].size() == iris.size());
  CHECK(data::random_split(iris, {0.9, 0.1})[1].size() == iris.size() / 10);
}

TEST_CASE("split: folds test each row once") {
  for (const bool shuffle : {false, true}) {
    const auto folds = data::k_fold(11, 3, {.shuffle = shuffle});
    RowNumbers tested;
    for (const data::Fold& f : folds) {
      tested.insert(tested.end(), f.test.begin(), f.test.end());
      RowNumbers both = f.train;
      both.insert(both.end(), f.test.begin(), f.test.end());
      CHECK(covers(both, 11));
    }
    CHECK(covers(tested, 11));
    CHECK(folds[0].test.size() == 4);
    CHECK(folds[2].test.size() == 3);
    if (!shuffle) CHECK(folds[0].test == RowNumbers{0, 1, 2, 3});
    const Tensor labels = uneven_labels();
    tested.clear();
    for (const data::Fold& f : data::stratified_k_fold(labels, 4, {.shuffle = shuffle})) {
      auto counts = classes_of(f.test, labels);
      CHECK(counts[0] == 15);
      CHECK(std::abs(counts[1] - 7) <= 1);
      CHECK(std::abs(counts[2] - 2) <= 1);
      CHECK(f.test.size() == 25);
      tested.insert(tested.end(), f.test.begin(), f.test.end());
    }
    CHECK(covers(tested, 100));
  }
}

TEST_CASE("sampler and split: wrong use") {
  const auto value = [](const std::function<void()>& f) { return error_text<ValueError>(f); };
  CHECK(contains(value([] { data::with_replacement(0); }), "no rows to draw from"));
  CHECK(contains(value([] { data::weighted({1, -1}); }), "a weight is -1"));
  CHECK(contains(value([] { data::weighted({0, 0}); }), "no row has a weight above 0"));
  CHECK(contains(value([] { data::weighted({1, 0, 1}, 3, false); }), "at most 2"));
  CHECK(contains(value([] { data::shard(data::sequential(4), 2, 2); }), "process 2 of 2"));
  CHECK(contains(value([] { data::batches_of(data::sequential(4), 0); }), "batch_size is 0"));
  CHECK(contains(value([] { data::split_rows(10, {0.5, 0.4}); }), "make no whole"));
  CHECK(contains(value([] { data::split_rows(10, {-0.5, 1.5}); }), "negative"));
  CHECK(contains(value([] { data::split_rows(3, {0.9, 0.05, 0.05}); }), "would be empty"));
  CHECK(contains(value([] { data::k_fold(3, 4); }), "4 folds of 3 rows"));
  CHECK(contains(value([] { data::k_fold(3, 1); }), "1 folds"));
  CHECK(
      contains(value([] { data::stratified_k_fold(uneven_labels(), 11); }), "class 2 has 10 rows"));
}
