// Sources: data of any kind as rows that are asked for by number, and what can be made of them.
//
//   struct Item { Tensor picture, price, label; };              // a batch is a struct of yours
//   data::Source<Item> all = data::rows(Item{pictures, prices, labels});
//   all = data::map_samples(all, [](Item i, const Tensor& key) {
//     i.picture = jitter(i.picture, key);
//     return i;
//   });
//   for (const Item& batch : data::loader(all, {.batch_size = 32, .workers = 4})) ...
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "fathom/data/dataset.h"
#include "fathom/data/fields.h"
#include "fathom/graph/context.h"

namespace fathom::data {

/// What a fetch knows beside the numbers of its rows.
struct Draw {
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;
  std::int64_t first = 0;  ///< place of its first row in the epoch's order
  std::stop_token stop{};  ///< set when nobody waits for the result any more

  /// A random key of row `i` of the batch: a function of (seed, epoch, place in the epoch), so that
  /// neither workers nor the batch size show in what is drawn by it. Shapes: rank-0 i64.
  Tensor key(std::int64_t i = 0) const;
};

/// Rows by number. `fetch` is called by several threads at once; what it returns is evaluated
/// there.
template <class B> struct Source {
  using Batch = B;
  std::int64_t size = 0;  ///< rows; unknown for generated data
  std::function<B(std::span<const std::int64_t> rows, const Draw& draw)> fetch;
  /// Runs in the thread that takes the batch; what it adds may stay lazy and then belongs to the
  /// plan of the step that uses the batch.
  std::function<B(B)> prepare;
  /// For data without numbers, instead of fetch: begins a pass, and gives a function that gives the
  /// next batch of at most so many rows, nothing at the end.
  std::function<std::function<std::optional<B>(std::int64_t rows)>(const Draw& draw)> open;
};

namespace detail {
void require_rows(const char* operation, std::span<const std::int64_t> extents);
[[noreturn]] void refuse_generated(const char* operation);
/// Samples as a batch; errors name the line of the loader that asks for it.
inline constexpr auto stack = [](const auto& list) { return data::stack(list, {}); };
/// Calls f(x, key) or f(x).
template <class F, class X> auto call_with_key(F& f, X x, const Draw& draw, std::int64_t i) {
  if constexpr (std::is_invocable_v<F&, X, Tensor>)
    return f(std::move(x), draw.key(i));
  else
    return f(std::move(x));
}
}  // namespace detail

/// Tensors in memory, all with as many rows: torch's TensorDataset.
/// Errors: ShapeError if they have not, or for scalars.
template <class B> Source<B> rows(const B& tensors, Where where = Where::current()) {
  const graph::CallScope call(where);
  std::vector<std::int64_t> extents;
  for_each_tensor(tensors, [&](const Tensor& t) {
    if (t.defined()) extents.push_back(t.rank() == 0 ? -1 : t.eval().size(0));
  });
  detail::require_rows("rows", extents);
  return {.size = extents.front(),
          .fetch = [tensors](std::span<const std::int64_t> rows, const Draw&) {
            return with_tensors(tensors,
                                [&](const Tensor& t) { return gather_rows(t, rows, false, {}); });
          }};
}

/// A data set as it is trained on: rows flat, preprocessed as its model will do it.
/// Errors: ValueError for a data set that was never set.
Source<Batch> source(const Dataset& dataset, Where where = Where::current());
template <class B> const Source<B>& source(const Source<B>& s) { return s; }

/// Samples made one by one: `one(i)` or `one(i, key)` gives sample i, `collate` makes a batch of a
/// list of them.
template <class F, class C> auto samples(std::int64_t size, F one, C collate) {
  const auto fetch = [one, collate](std::span<const std::int64_t> rows, const Draw& draw) {
    using Sample = decltype(detail::call_with_key(one, rows[0], draw, 0));
    std::vector<Sample> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
      list.push_back(detail::call_with_key(one, rows[i], draw, static_cast<std::int64_t>(i)));
    return collate(list);
  };
  using B = decltype(fetch(std::declval<std::span<const std::int64_t>>(), std::declval<Draw>()));
  return Source<B>{.size = size, .fetch = fetch};
}
/// The same, stacked.
template <class F> auto samples(std::int64_t size, F one) {
  return samples(size, std::move(one), detail::stack);
}

/// Changes batches: f(batch) or f(batch, key), in the workers.
template <class B, class F> auto map(Source<B> from, F f, Where where = Where::current()) {
  const graph::CallScope call(where);
  if (!from.fetch) detail::refuse_generated("map");
  const auto fetch = [from, f](std::span<const std::int64_t> rows, const Draw& draw) {
    return detail::call_with_key(f, from.fetch(rows, draw), draw, 0);
  };
  using To = decltype(fetch(std::declval<std::span<const std::int64_t>>(), std::declval<Draw>()));
  if constexpr (std::is_same_v<To, B>)
    return Source<B>{.size = from.size, .fetch = fetch, .prepare = from.prepare};
  else
    return Source<To>{.size = from.size, .fetch = fetch};
}

/// Changes samples, tensors without the batch's axis: f(sample) or f(sample, key), in the workers.
template <class B, class F>
auto map_samples(const Source<B>& from, F f, Where where = Where::current()) {
  const graph::CallScope call(where);
  if (!from.fetch) detail::refuse_generated("map_samples");
  const auto fetch = [from, f](std::span<const std::int64_t> rows, const Draw& draw) {
    std::vector<decltype(detail::call_with_key(f, std::declval<B>(), draw, 0))> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (draw.stop.stop_requested()) break;
      B sample = with_tensors(from.fetch(rows.subspan(i, 1), draw), detail::without_row_axis);
      list.push_back(
          detail::call_with_key(f, std::move(sample), draw, static_cast<std::int64_t>(i)));
    }
    return detail::stack(list);
  };
  using To = decltype(fetch(std::declval<std::span<const std::int64_t>>(), std::declval<Draw>()));
  if constexpr (std::is_same_v<To, B>)
    return Source<B>{.size = from.size, .fetch = fetch, .prepare = from.prepare};
  else
    return Source<To>{.size = from.size, .fetch = fetch};
}

/// The given rows, counted anew. Errors: IndexError for a number outside [0, size).
template <class B>
Source<B> subset(const Source<B>& from, std::vector<std::int64_t> chosen,
                 Where where = Where::current()) {
  const graph::CallScope call(where);
  if (!from.fetch) detail::refuse_generated("subset");
  require_row_numbers("data::subset", chosen, from.size);
  const auto size = static_cast<std::int64_t>(chosen.size());
  return {
      .size = size,
      .fetch =
          [from, chosen = std::move(chosen)](std::span<const std::int64_t> rows, const Draw& draw) {
            std::vector<std::int64_t> numbers;
            for (const std::int64_t row : rows)
              numbers.push_back(chosen[static_cast<std::size_t>(row)]);
            return from.fetch(numbers, draw);
          },
      .prepare = from.prepare};
}

/// Sources one after another; all are prepared as the first is.
template <class B>
Source<B> concat(const std::vector<Source<B>>& sources, Where where = Where::current()) {
  const graph::CallScope call(where);
  Source<B> whole;
  for (const Source<B>& s : sources) {
    if (!s.fetch) detail::refuse_generated("concat");
    whole.size += s.size;
  }
  if (!sources.empty()) whole.prepare = sources.front().prepare;
  whole.fetch = [sources](std::span<const std::int64_t> rows, const Draw& draw) {
    // Runs of rows of one source are fetched together.
    std::vector<B> parts;
    std::vector<std::int64_t> run;
    std::size_t of_run = 0;
    Draw at = draw;
    const auto finish = [&] {
      if (run.empty()) return;
      parts.push_back(sources[of_run].fetch(run, at));
      at.first += static_cast<std::int64_t>(run.size());
      run.clear();
    };
    for (std::int64_t row : rows) {
      std::size_t s = 0;
      for (; row >= sources[s].size; ++s) row -= sources[s].size;
      if (s != of_run) finish();
      of_run = s;
      run.push_back(row);
    }
    finish();
    return parts.size() == 1 ? std::move(parts.front()) : data::join(parts, {});
  };
  return whole;
}

/// Samples that come one after another and have no number: `begin(draw)` begins a pass and returns
/// a function that returns the next sample, an empty optional at the end. Passes are read by one
/// thread.
template <class F, class C> auto generate(F begin, C collate) {
  using Next = decltype(begin(std::declval<const Draw&>()));
  using Sample = typename std::invoke_result_t<Next&>::value_type;
  using B = std::invoke_result_t<C&, const std::vector<Sample>&>;
  Source<B> s;
  s.open = [begin, collate](const Draw& draw) {
    return [next = begin(draw), collate](std::int64_t rows) mutable -> std::optional<B> {
      std::vector<Sample> list;
      while (static_cast<std::int64_t>(list.size()) < rows) {
        auto sample = next();
        if (!sample) break;
        list.push_back(std::move(*sample));
      }
      if (list.empty()) return std::nullopt;
      return collate(list);
    };
  };
  return s;
}
template <class F> auto generate(F begin) { return generate(std::move(begin), detail::stack); }

}  // namespace fathom::data
