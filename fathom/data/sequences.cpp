#include "fathom/data/sequences.h"

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/data/random.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"

namespace fathom::data {
namespace {

void require_pad_options(const char* operation, const PadOptions& o) {
  if (o.multiple >= 1 && o.longest >= 0) return;
  throw ValueError({.operation = operation,
                    .problem = "the options make no length",
                    .received = {{"multiple", std::to_string(o.multiple)},
                                 {"longest", std::to_string(o.longest)}},
                    .expected = "a multiple of at least 1 and a longest of at least 0"});
}

void require_labels(const char* operation, const std::vector<Ids>& ids, const Tensor& labels) {
  if (labels.defined() && labels.rank() == 1 && labels.dtype() == DType::i64 &&
      labels.size(0) == static_cast<std::int64_t>(ids.size()))
    return;
  throw ShapeError(
      {.operation = operation,
       .problem = "there is not a label for each sequence",
       .received = {{"sequences", std::to_string(ids.size())}, {"labels", graph::describe(labels)}},
       .expected = "labels i64 (sequences)"});
}

std::size_t cut_length(const Ids& ids, std::int64_t longest) {
  return longest > 0 ? std::min(ids.size(), static_cast<std::size_t>(longest)) : ids.size();
}

std::size_t rounded_up(std::size_t length, std::int64_t multiple) {
  const auto m = static_cast<std::size_t>(multiple);
  return (std::max<std::size_t>(length, 1) + m - 1) / m * m;
}

/// A source of the labels' rows with what `batch` makes of their sequences.
template <class Batch, class Make>
Source<Batch> labelled(const char* operation, std::vector<Ids> ids, const Tensor& labels,
                       const PadOptions& options, Make batch) {
  require_pad_options(operation, options);
  require_labels(operation, ids, labels);
  // Copies of a source share their sequences.
  const auto all = std::make_shared<const std::vector<Ids>>(std::move(ids));
  return {.size = static_cast<std::int64_t>(all->size()),
          .fetch = [all, labels, batch](std::span<const std::int64_t> rows, const Draw&) -> Batch {
            std::vector<Ids> chosen;
            for (const std::int64_t row : rows)
              chosen.push_back((*all)[static_cast<std::size_t>(row)]);
            return batch(gather_rows(labels, rows), chosen);
          },
          .prepare = {},
          .open = {}};
}

}  // namespace

Tensor pad_sequences(std::span<const Ids> sequences, const PadOptions& options, Where where) {
  const graph::CallScope call(where);
  require_pad_options("data::pad_sequences", options);
  std::size_t length = 0;
  for (const Ids& ids : sequences) length = std::max(length, cut_length(ids, options.longest));
  length = rounded_up(length, options.multiple);
  Ids padded(sequences.size() * length, options.value);
  for (std::size_t i = 0; i < sequences.size(); ++i)
    std::copy_n(sequences[i].begin(), cut_length(sequences[i], options.longest),
                padded.begin() + static_cast<std::ptrdiff_t>(i * length));
  return Tensor::from(
      padded, {static_cast<std::int64_t>(sequences.size()), static_cast<std::int64_t>(length)});
}

Tensor lengths_of(std::span<const Ids> sequences, std::int64_t longest) {
  Ids lengths;
  for (const Ids& ids : sequences)
    lengths.push_back(static_cast<std::int64_t>(cut_length(ids, longest)));
  return Tensor::from(lengths);
}

Source<Sequence> sequences(std::vector<Ids> ids, const Tensor& labels, const PadOptions& options,
                           Where where) {
  const graph::CallScope call(where);
  return labelled<Sequence>(
      "data::sequences", std::move(ids), labels, options,
      [options](Tensor of, const std::vector<Ids>& chosen) -> Sequence {
        return {std::move(of), pad_sequences(chosen, options), lengths_of(chosen, options.longest)};
      });
}

Source<Bags> bags(std::vector<Ids> ids, const Tensor& labels, const PadOptions& options,
                  Where where) {
  const graph::CallScope call(where);
  return labelled<Bags>("data::bags", std::move(ids), labels, options,
                        [options](Tensor of, const std::vector<Ids>& chosen) -> Bags {
                          Ids tokens, offsets{0};
                          for (const Ids& one : chosen) {
                            const auto length =
                                static_cast<std::ptrdiff_t>(cut_length(one, options.longest));
                            tokens.insert(tokens.end(), one.begin(), one.begin() + length);
                            offsets.push_back(static_cast<std::int64_t>(tokens.size()));
                          }
                          tokens.resize(rounded_up(tokens.size(), options.multiple), options.value);
                          return {std::move(of), Tensor::from(tokens), Tensor::from(offsets)};
                        });
}

BatchSampler by_length(const Tensor& lengths, std::int64_t batch_size, std::int64_t stretch,
                       Where where) {
  const graph::CallScope call(where);
  if (batch_size < 1 || stretch < 1)
    throw ValueError({.operation = "data::by_length",
                      .problem = "the batches are empty",
                      .received = {{"batch_size", std::to_string(batch_size)},
                                   {"stretch", std::to_string(stretch)}},
                      .expected = "at least 1 each"});
  const Ids of = lengths.to_vector<std::int64_t>();
  const auto n = static_cast<std::int64_t>(of.size());
  batch_size = std::min(batch_size, std::max<std::int64_t>(n, 1));
  const std::int64_t batches = (n + batch_size - 1) / batch_size;
  stretch = std::min(stretch, batches);
  const auto draw = [=](std::uint64_t seed, std::int64_t epoch) {
    Random random(seed, static_cast<std::uint64_t>(epoch));
    Ids rows(of.size());
    for (std::int64_t i = 0; i < n; ++i) rows[static_cast<std::size_t>(i)] = i;
    random.shuffle(rows);
    const auto at = [&](std::int64_t i) { return rows.begin() + std::min(i, n); };
    for (std::int64_t i = 0; i < n; i += stretch * batch_size)
      std::stable_sort(at(i), at(i + stretch * batch_size), [&](std::int64_t a, std::int64_t b) {
        return of[static_cast<std::size_t>(a)] < of[static_cast<std::size_t>(b)];
      });
    Ids order(static_cast<std::size_t>(batches));
    for (std::int64_t b = 0; b < batches; ++b) order[static_cast<std::size_t>(b)] = b;
    random.shuffle(order);
    std::vector<Ids> drawn;
    for (const std::int64_t b : order)
      drawn.emplace_back(at(b * batch_size), at((b + 1) * batch_size));
    return drawn;
  };
  return {batches, draw};
}

}  // namespace fathom::data
