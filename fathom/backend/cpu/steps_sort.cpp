// Sorting, choosing the first k, and searching in what is sorted.
#include <algorithm>

#include "fathom/backend/cpu/scratch.h"
#include "fathom/backend/cpu/sorting.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/ops/sort.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

/// Lines along an axis of (outer, extent, inner), of which `wanted` in order are wanted: the first
/// ones, or one alone behind `skip` others.
struct Lines {
  std::int64_t outer = 1, extent = 1, inner = 1, skip = 0, wanted = 0;
  bool descending = false;

  Lines(const Shape& shape, int axis) {
    for (int i = 0; i < axis; ++i) outer *= shape[i];
    extent = shape[axis];
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  }
  std::int64_t count() const { return outer * inner; }
};

template <class T> class SortStep final : public Step {
 public:
  using Item = sorting::Item<sorting::Key<T>>;
  using Line = sorting::Row<T>;

  explicit SortStep(const Lines& l) : lines(l) {}

  ValueId in, values, places;
  Lines lines;
  std::string text;

  std::string describe() const override { return text; }
  void run(Buffers buffers) const override {
    if (lines.wanted == 0) return;
    // Long lines one after the other, each by all threads; short ones side by side.
    const bool shared = lines.extent >= sorting::shared_length;
    const auto body = [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t line = begin; line < end;) line += some_lines(buffers, line, end);
    };
    if (shared)
      body(0, lines.count());
    else
      for_ranges(lines.count(), 8 * lines.extent, body);
  }

 private:
  /// Sorts the lines from `line` on, those of neighbouring columns together: they are copied to lie
  /// in a row each. Gives their number.
  std::int64_t some_lines(Buffers buffers, std::int64_t line, std::int64_t end) const {
    const std::int64_t o = line / lines.inner, i = line % lines.inner;
    const T* x = at<const T>(buffers, in) + o * lines.extent * lines.inner + i;
    const std::int64_t first = o * lines.wanted * lines.inner + i;
    const auto n = static_cast<std::size_t>(lines.extent);
    if (lines.inner == 1) {
      one(buffers, {x, n}, first);
      return 1;
    }
    const std::int64_t width = std::min({end - line, lines.inner - i, std::int64_t{16}});
    T* rows = cpu::scratch<T>(Scratch::lines, n * static_cast<std::size_t>(width));
    for (std::int64_t e = 0; e < lines.extent; ++e)
      for (std::int64_t j = 0; j < width; ++j) rows[j * lines.extent + e] = x[e * lines.inner + j];
    for (std::int64_t j = 0; j < width; ++j) one(buffers, {rows + j * lines.extent, n}, first + j);
    return width;
  }
  void one(Buffers buffers, Line row, std::int64_t first) const {
    const Item* sorted = lines.skip > 0                    ? one_of(row)
                         : 8 * lines.wanted > lines.extent ? all(row)
                                                           : some(row);
    T* y = at<T>(buffers, values) + first;
    std::int64_t* place = at<std::int64_t>(buffers, places) + first;
    for_ranges(lines.wanted, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t j = begin; j < end; ++j) {
        const std::int64_t p = sorting::place_of(sorted[j]);
        y[j * lines.inner] = row[static_cast<std::size_t>(p)];
        place[j * lines.inner] = p;
      }
    });
  }
  const Item* one_of(Line row) const {
    auto* items = cpu::scratch<Item>(Scratch::rows, static_cast<std::size_t>(lines.extent) + 1);
    items[lines.extent] = sorting::nth_item(row, lines.skip, items);
    return items + lines.extent;
  }
  const Item* all(Line row) const {
    auto* items = cpu::scratch<Item>(Scratch::rows, static_cast<std::size_t>(2 * lines.extent));
    for_ranges(lines.extent, 1, [&](std::int64_t begin, std::int64_t end) {
      sorting::make_items(row, lines.descending, items, begin, end);
    });
    return sorting::sort_items<sorting::Key<T>>(items, items + lines.extent, lines.extent);
  }
  /// Each part of the line gives its best k, and of these the best k are sorted.
  const Item* some(Line row) const {
    const std::int64_t parts =
        lines.extent >= sorting::shared_length && 64 * lines.wanted <= lines.extent ? 8 : 1;
    const std::int64_t room = sorting::choice_room(lines.wanted);
    auto* items = cpu::scratch<Item>(Scratch::rows, static_cast<std::size_t>(parts * room));
    std::int64_t found[8];
    parallel_for(parts, [&](std::int64_t p) {
      found[p] =
          sorting::choose_items(row, lines.descending, lines.wanted, lines.extent * p / parts,
                                lines.extent * (p + 1) / parts, items + p * room);
    });
    std::int64_t count = found[0];
    for (std::int64_t p = 1; p < parts; ++p) {
      std::copy_n(items + p * room, found[p], items + count);
      count += found[p];
    }
    if (count > lines.wanted) std::nth_element(items, items + lines.wanted - 1, items + count);
    std::sort(items, items + lines.wanted);
    return items;
  }
};

/// Binary search, one value at a time; without branches, as the outcome of each is a coin toss.
template <class T> class SearchSortedStep final : public Step {
 public:
  ValueId sequence, values, places;
  std::int64_t n, row, count;  // elements of a sequence, values for each, all values
  bool right;
  std::string text;

  std::string describe() const override { return text; }
  void run(Buffers buffers) const override {
    const T* s = at<const T>(buffers, sequence);
    const T* v = at<const T>(buffers, values);
    auto* place = at<std::int64_t>(buffers, places);
    for_ranges(count, 16, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) place[i] = search(s + i / row * n, v[i]);
    });
  }

 private:
  std::int64_t search(const T* s, T value) const {
    // NaN is above every number.
    if (value != value) return right ? n : lower(s, [](T x) { return x == x; });
    return right ? lower(s, [value](T x) { return x <= value; })
                 : lower(s, [value](T x) { return x < value; });
  }
  /// How many elements, all at the front, are before the place sought.
  template <class Before> std::int64_t lower(const T* s, Before before) const {
    const T* first = s;
    std::int64_t length = n;
    while (length > 1) {
      const std::int64_t half = length / 2;
      first += half * static_cast<std::int64_t>(before(first[half - 1]));
      length -= half;
    }
    return first - s + (length > 0 && before(*first));
  }
};

template <class T> std::unique_ptr<Step> sort_step(const StepContext& c, const Lines& lines) {
  auto step = std::make_unique<SortStep<T>>(lines);
  step->in = c.inputs[0];
  step->values = c.outputs[0];
  step->places = c.outputs[1];
  step->text = std::string(c.instruction.op->name) + " " + to_string(c.input(0).shape) + " -> " +
               to_string(c.output().shape) + (lines.descending ? " descending" : "");
  return step;
}

std::unique_ptr<Step> sort_step(const StepContext& c, const Lines& lines) {
  switch (c.input(0).dtype) {
    case DType::f32:
      return sort_step<float>(c, lines);
    case DType::f64:
      return sort_step<double>(c, lines);
    case DType::i64:
      return sort_step<std::int64_t>(c, lines);
    case DType::i32:
      return sort_step<std::int32_t>(c, lines);
    case DType::i8:
      return sort_step<std::int8_t>(c, lines);
    default:
      return sort_step<std::uint8_t>(c, lines);
  }
}

template <class T> std::unique_ptr<Step> search_step(const StepContext& c) {
  auto step = std::make_unique<SearchSortedStep<T>>();
  const Shape &sequence = c.input(0).shape, &values = c.input(1).shape;
  step->sequence = c.inputs[0];
  step->values = c.inputs[1];
  step->places = c.outputs[0];
  step->n = sequence.back();
  step->count = values.size();
  step->row = sequence.rank() == 1 ? step->count : values.back();
  step->right = c.attributes<op::SearchSorted>().right;
  step->text = "searchsorted " + to_string(values) + " in " + to_string(sequence);
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Sort>(const StepContext& c) {
  const auto& a = c.attributes<op::Sort>();
  Lines lines(c.input(0).shape, a.axis);
  lines.wanted = lines.extent;
  lines.descending = a.descending;
  return sort_step(c, lines);
}

template <> std::unique_ptr<Step> make_step<op::TopK>(const StepContext& c) {
  const auto& a = c.attributes<op::TopK>();
  Lines lines(c.input(0).shape, a.axis);
  lines.wanted = a.k;
  lines.descending = a.largest;
  return sort_step(c, lines);
}

template <> std::unique_ptr<Step> make_step<op::KthValue>(const StepContext& c) {
  const auto& a = c.attributes<op::KthValue>();
  Lines lines(c.input(0).shape, a.axis);
  lines.wanted = 1;
  lines.skip = a.k - 1;
  return sort_step(c, lines);
}

template <> std::unique_ptr<Step> make_step<op::SearchSorted>(const StepContext& c) {
  switch (c.input(0).dtype) {
    case DType::f32:
      return search_step<float>(c);
    case DType::f64:
      return search_step<double>(c);
    case DType::i64:
      return search_step<std::int64_t>(c);
    default:
      return search_step<std::int32_t>(c);
  }
}

}  // namespace fathom::cpu
