// Data: sources, samplers, splits, the loader.
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

struct Item {
  Tensor x, y;
};
data::Source<Item> three() { return data::rows(Item{zeros({3, 2}), zeros({3})}); }
data::Source<Item> generated() {
  return data::generate([](const data::Draw&) {
    return [] { return std::optional<Item>(Item{zeros({2}), zeros({})}); };
  });
}

}  // namespace

Faults data_faults() {
  return {
      fault<ShapeError>(
          "tensors of unlike numbers of rows",
          [] {
            data::rows(Item{zeros({3, 2}), zeros({4})});
          },
          R"(data::rows: tensors of different numbers of rows
  one: 3     another: 4
  in: @)"),
      fault<ShapeError>(
          "a scalar as rows",
          [] {
            data::rows(Item{zeros({}), zeros({})});
          },
          R"(data::rows: a scalar has no rows
  expected tensors (N, ...)
  in: @)"),
      fault<ValueError>(
          "rows of nothing", [] { data::rows(Item{}); }, R"(data::rows: there are no tensors
  in: @)"),
      fault<ValueError>(
          "batches of nothing", [] { data::loader(three(), {.batch_size = 0}); },
          R"(data::loader: batch_size is 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "a loader of one's own, of batches of nothing",
          [] { const data::LoaderOf<Item> loader(three(), {.batch_size = 0}); },
          R"(data::loader: batch_size is 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "batches of fewer than nothing", [] { data::loader(three(), {.batch_size = -8}); },
          R"(data::loader: batch_size is -8
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "fewer workers than none", [] { data::loader(three(), {.workers = -1}); },
          R"(data::loader: workers is -1
  expected a number from 0 to 256
  in: @)"),
      fault<ValueError>(
          "too many workers", [] { data::loader(three(), {.workers = 1000}); },
          R"(data::loader: workers is 1000
  expected a number from 0 to 256
  in: @)"),
      fault<ValueError>(
          "no prefetching with workers",
          [] { data::loader(three(), {.workers = 2, .prefetch = 0}); },
          R"(data::loader: prefetch is 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "a sampler and shuffle",
          [] { data::loader(three(), {.shuffle = true, .sampler = data::shuffled(3)}); },
          R"(data::loader: a sampler and shuffle exclude each other
  expected one of them
  in: @)"),
      fault<ValueError>(
          "a batch sampler and drop_last",
          [] {
            data::loader(three(), {.drop_last = true,
                                   .batch_sampler = data::batches_of(data::shuffled(3), 2)});
          },
          R"(data::loader: a batch sampler decides what sampler, shuffle and drop_last say
  expected it alone
  in: @)"),
      fault<ValueError>(
          "no batch that is full",
          [] { data::loader(three(), {.batch_size = 4, .drop_last = true}); },
          R"(data::loader: there is no batch in 3 rows
  expected at least batch_size rows, or drop_last = false
  in: @)"),
      fault<ValueError>(
          "generated data that are to be shuffled",
          [] { data::loader(generated(), {.shuffle = true}); },
          R"(data::loader: generated data come in an order of their own
  expected no shuffle and no sampler
  in: @)"),
      fault<IndexError>(
          "a batch past the epoch",
          [] {
            auto loader = data::loader(three(), {.batch_size = 2});
            loader.seek(0, 3);
          },
          R"(data::Loader::seek: no batch 3 in epoch 0
  batches: 2
  in: @)"),
      fault<IndexError>(
          "a sampler that draws rows that there are not",
          [] {
            for (const Item& item : data::loader(three(), {.sampler = data::sequential(5)}))
              item.x.eval();
          },
          R"(data::loader: row 3 is out of range
  rows: 3
  in: @)"),
      fault<IndexError>(
          "a subset of rows that there are not",
          [] {
            data::subset(three(), {0, 3});
          },
          R"(data::subset: row 3 is out of range
  rows: 3
  in: @)"),
      fault<ValueError>(
          "a subset of generated data", [] { data::subset(generated(), {0}); },
          R"(data::subset: generated data have no row numbers
  hint: do it in the generator itself
  in: @)"),
      fault<ValueError>(
          "generated data mapped by batch",
          [] { data::map(generated(), [](Item i) { return i; }); },
          R"(data::map: generated data have no row numbers
  hint: do it in the generator itself
  in: @)"),
      fault<ShapeError>(
          "samples that make no batch",
          [] {
            const auto ragged = data::samples(3, [](std::int64_t i) {
              return Item{zeros({i + 1}), zeros({})};
            });
            for (const Item& item : data::loader(ragged)) item.x.eval();
          },
          R"(data::stack: samples of different shapes or types make no batch
  one: f32 (1,)     another: f32 (2,)
  hint: pass a collate function that pads or crops them
  in: @)"),
      fault<ShapeError>(
          "samples that make no batch, in a worker",
          [] {
            const auto ragged = data::samples(3, [](std::int64_t i) {
              return Item{zeros({i + 1}), zeros({})};
            });
            for (const Item& item : data::loader(ragged, {.workers = 2})) item.x.eval();
          },
          R"(data::stack: samples of different shapes or types make no batch
  one: f32 (1,)     another: f32 (2,)
  hint: pass a collate function that pads or crops them
  in: @)"),
      fault<ValueError>(
          "draws from nothing", [] { data::with_replacement(0); },
          R"(data::with_replacement: there are no rows to draw from
  expected at least one row
  in: @)"),
      fault<ValueError>(
          "a negative sampling weight",
          [] {
            data::weighted({1, -1});
          },
          R"(data::weighted: a weight is -1.000000
  expected weights from 0 to infinity
  in: @)"),
      fault<ValueError>(
          "sampling weights of NaN",
          [] {
            data::weighted({1, std::numeric_limits<double>::quiet_NaN()});
          },
          R"(data::weighted: a weight is nan
  expected weights from 0 to infinity
  in: @)"),
      fault<ValueError>(
          "sampling weights of 0",
          [] {
            data::weighted({0, 0});
          },
          R"(data::weighted: no row has a weight above 0
  expected at least one
  in: @)"),
      fault<ValueError>(
          "more rows without replacement than there are",
          [] {
            data::weighted({1, 1}, 3, false);
          },
          R"(data::weighted: 3 draws without replacement
  expected at most 2, the rows with a weight above 0
  in: @)"),
      fault<ValueError>(
          "a process that is not there", [] { data::shard(data::sequential(8), 2, 2); },
          R"(data::shard: process 2 of 2
  expected an index from 0 to count - 1
  in: @)"),
      fault<ValueError>(
          "sampler batches of nothing", [] { data::batches_of(data::sequential(8), 0); },
          R"(data::batches_of: batch_size is 0
  expected at least 1
  in: @)"),
      fault<ValueError>(
          "shares that make no whole",
          [] {
            data::split_rows(10, {0.5, 0.4});
          },
          R"(data::split_rows: the shares make no whole
  rows: 10     shares: 0.500000, 0.400000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "a negative share",
          [] {
            data::split_rows(10, {1.5, -0.5});
          },
          R"(data::split_rows: a share is negative
  rows: 10     shares: 1.500000, -0.500000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "a share of no row",
          [] {
            data::split_rows(3, {0.9, 0.1, 0.0});
          },
          R"(data::split_rows: a part would be empty
  rows: 3     shares: 0.900000, 0.100000, 0.000000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "a source split into no whole", [] { data::random_split(three(), {0.5}); },
          R"(data::split_rows: the shares make no whole
  rows: 3     shares: 0.500000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "more folds than rows", [] { data::k_fold(3, 4); }, R"(data::k_fold: 4 folds of 3 rows
  expected from 2 folds to as many as there are rows
  in: @)"),
      fault<ValueError>(
          "one fold", [] { data::k_fold(3, 1); }, R"(data::k_fold: 1 folds of 3 rows
  expected from 2 folds to as many as there are rows
  in: @)"),
      fault<ValueError>(
          "a class of fewer rows than folds",
          [] {
            data::stratified_k_fold(labels({0, 0, 0, 1}), 3);
          },
          R"(data::stratified_k_fold: class 1 has 1 rows, fewer than the 3 folds
  in: @)"),
      fault<ValueError>(
          "strata of fractions",
          [] {
            data::stratified(tensor({0.5f, 1.f}));
          },
          R"(to_vector: i64 cannot hold 0.500000
  tensor: f32 (2,)     element: 0
  hint: cast the tensor first
  in: @)"),
      fault<ShapeError>(
          "strata of a matrix",
          [] {
            data::stratified(zeros({3, 2}, DType::i64));
          },
          R"(data::stratified: the labels are no list
  labels: i64 (3, 2)
  expected a label a row: (N,)
  in: @)"),
      fault<ShapeError>(
          "folds of a column of labels",
          [] {
            data::stratified_k_fold(zeros({4, 1}, DType::i64), 2);
          },
          R"(data::stratified_k_fold: the labels are no list
  labels: i64 (4, 1)
  expected a label a row: (N,)
  in: @)"),
      fault<ValueError>(
          "strata of labels that were never set", [] { data::stratified(Tensor()); },
          empty_tensor("shape")),
      fault<ValueError>(
          "fewer rows than none in their order", [] { data::sequential(-1); },
          R"(data::sequential: n is -1
  expected at least 0
  in: @)"),
      fault<ValueError>(
          "fewer rows than none in any order", [] { data::shuffled(-1); },
          R"(data::shuffled: n is -1
  expected at least 0
  in: @)"),
      fault<ValueError>(
          "splitting fewer rows than none",
          [] {
            data::split_rows(-4, {0.5, 0.5});
          },
          R"(data::split_rows: a part would be empty
  rows: -4     shares: 0.500000, 0.500000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "a share of NaN",
          [] {
            data::split_rows(4, {std::nan(""), 0.5});
          },
          R"(data::split_rows: the shares make no whole
  rows: 4     shares: nan, 0.500000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "generated data in parts",
          [] {
            data::random_split(generated(), {0.5, 0.5});
          },
          R"(data::random_split: generated data have no row numbers
  hint: do it in the generator itself
  in: @)"),
      fault<ValueError>(
          "generated data behind others",
          [] {
            data::concat<Item>({three(), generated()});
          },
          R"(data::concat: generated data have no row numbers
  hint: do it in the generator itself
  in: @)"),
      fault<ValueError>(
          "generated data mapped by sample",
          [] { data::map_samples(generated(), [](Item i) { return i; }); },
          R"(data::map_samples: generated data have no row numbers
  hint: do it in the generator itself
  in: @)"),
      fault<ValueError>(
          "a batch of nothing", [] { data::stack(std::vector<Item>{}); },
          R"(data::stack: there are no samples
  expected at least one
  in: @)"),
      fault<ValueError>(
          "batches of nothing joined", [] { data::join(std::vector<Tensor>{}); },
          R"(data::join: there are no batches
  expected at least one
  in: @)"),
      fault<ShapeError>(
          "samples of unlike shapes stacked",
          [] {
            data::stack(std::vector<Tensor>{zeros({2}), zeros({3})});
          },
          R"(data::stack: samples of different shapes or types make no batch
  one: f32 (2,)     another: f32 (3,)
  hint: pass a collate function that pads or crops them
  in: @)"),
      fault<ValueError>(
          "samples of unlike numbers of tensors stacked",
          [] {
            data::stack(std::vector<std::vector<Tensor>>{{zeros({2})}, {zeros({2}), zeros({2})}});
          },
          R"(data::stack: samples of different numbers of tensors make no batch
  expected containers of one length in all samples
  in: @)"),
      fault<ValueError>(
          "a sampler that draws less than it says",
          [] {
            const data::Sampler liar{3, [](auto, auto) { return std::vector<std::int64_t>{0}; }};
            for (const Item& item : data::loader(three(), {.sampler = liar})) item.x.eval();
          },
          R"(data::loader: the sampler gave 1 rows
  expected 3, as it says
  in: @)"),
      fault<ValueError>(
          "a loader of no rows",
          [] {
            data::loader(data::rows(Item{zeros({0, 2}), zeros({0})}));
          },
          R"(data::loader: there is no batch in 0 rows
  expected at least one row
  in: @)"),
      fault<ShapeError>(
          "a map of one's own that is wrong",
          [] {
            const auto wrong = data::map(three(), [](Item i) {
              i.x = matmul(i.x, ones({3, 1}));
              return i;
            });
            for (const Item& item : data::loader(wrong, {.workers = 1})) item.x.eval();
          },
          R"(matmul: inner dimensions differ
  a: f32 (3, 2)     b: f32 (3, 1)
  expected a.shape[-1] == b.shape[-2], got 2 and 3
  in: @)"),
  };
}

}  // namespace fathom::test
