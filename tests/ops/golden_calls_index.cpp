// Calls of what reads and writes at positions: tools/golden/ops_index.py.
#include "fathom/fathom.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

std::optional<std::int64_t> open_end(const json& n) {
  return n.is_null() ? none : std::optional<std::int64_t>(n.get<std::int64_t>());
}

/// A number, [start, stop, step], "new", "..." or {"input": i}.
Indices indices_of(const json& items, const X& x) {
  Indices indices;
  for (const json& item : items) {
    if (item.is_object())
      indices.emplace_back(x[item["input"].get<std::size_t>()]);
    else if (item.is_array())
      indices.emplace_back(
          range(open_end(item[0]), open_end(item[1]), open_end(item[2]).value_or(1)));
    else if (item == "new")
      indices.emplace_back(newaxis);
    else if (item == "...")
      indices.emplace_back(ellipsis);
    else
      indices.emplace_back(item.get<std::int64_t>());
  }
  return indices;
}

ScatterReduction reduction_of(const json& a) {
  const std::string r = a["reduce"];
  return r == "sum"    ? ScatterReduction::sum
         : r == "prod" ? ScatterReduction::prod
         : r == "mean" ? ScatterReduction::mean
         : r == "amax" ? ScatterReduction::amax
                       : ScatterReduction::amin;
}

}  // namespace

void add_index_calls(GoldenCalls& t) {
  t["index"] = [](const X& x, const json& a) -> Y {
    return {index(x[0], indices_of(a["items"], x))};
  };
  t["index_put"] = [](const X& x, const json& a) -> Y {
    const Indices at = indices_of(a["items"], x);
    if (a.value("accumulate", false)) return {index_put(x[0], at, x.back(), true)};
    return {with(x[0], at, x.back())};
  };
  t["take"] = [](const X& x, const json&) -> Y { return {take(x[0], x[1])}; };
  t["put"] = [](const X& x, const json& a) -> Y {
    return {put(x[0], x[1], x[2], a["accumulate"])};
  };
  t["embedding"] = [](const X& x, const json& a) -> Y {
    EmbeddingOptions o;
    if (a.contains("padding_idx")) o.padding_idx = a["padding_idx"].get<std::int64_t>();
    return {embedding(x[0], x[1], o)};
  };
  t["index_select"] = [](const X& x, const json& a) -> Y {
    return {index_select(x[0], a["axis"], x[1])};
  };
  t["gather"] = [](const X& x, const json& a) -> Y { return {gather(x[0], a["axis"], x[1])}; };
  t["take_along_dim"] = [](const X& x, const json& a) -> Y {
    return {take_along(x[0], x[1], a["axis"])};
  };
  t["one_hot"] = [](const X& x, const json& a) -> Y { return {one_hot(x[0], a["num_classes"])}; };
  t["scatter"] = [](const X& x, const json& a) -> Y {
    return {scatter(x[0], a["axis"], x[1], x[2])};
  };
  t["scatter_add"] = [](const X& x, const json& a) -> Y {
    return {scatter_add(x[0], a["axis"], x[1], x[2])};
  };
  t["scatter_reduce"] = [](const X& x, const json& a) -> Y {
    return {scatter_reduce(x[0], a["axis"], x[1], x[2], reduction_of(a), a["include_self"])};
  };
  t["index_add"] = [](const X& x, const json& a) -> Y {
    const json alpha = a.value("alpha", json(1));
    if (alpha.is_number_float())
      return {index_add(x[0], a["axis"], x[1], x[2], alpha.get<double>())};
    return {index_add(x[0], a["axis"], x[1], x[2], alpha.get<std::int64_t>())};
  };
  t["index_reduce"] = [](const X& x, const json& a) -> Y {
    return {index_reduce(x[0], a["axis"], x[1], x[2], reduction_of(a), a["include_self"])};
  };
  t["select_scatter"] = [](const X& x, const json& a) -> Y {
    return {select_scatter(x[0], x[1], a["axis"], a["index"])};
  };
  t["slice_scatter"] = [](const X& x, const json& a) -> Y {
    const json& r = a["range"];
    return {slice_scatter(x[0], x[1], a["axis"], r[0].get<int>(), r[1].get<int>(), r[2])};
  };
  t["diagonal_scatter"] = [](const X& x, const json& a) -> Y {
    return {diagonal_scatter(x[0], x[1], a["offset"], a["axes"][0], a["axes"][1])};
  };
  t["unravel_index"] = [](const X& x, const json& a) -> Y {
    Shape shape;
    for (const std::int64_t extent : a["shape"]) shape.push_back(extent);
    return unravel_index(x[0], shape);
  };
  t["index_copy"] = [](const X& x, const json& a) -> Y {
    return {index_copy(x[0], a["axis"], x[1], x[2])};
  };
  t["index_fill"] = [](const X& x, const json& a) -> Y {
    return {index_fill(x[0], a["axis"], x[1], a["value"].get<double>())};
  };
  t["masked_fill"] = [](const X& x, const json& a) -> Y {
    if (x.size() > 2) return {masked_fill(x[0], x[1], x[2])};
    return {masked_fill(x[0], x[1], a["value"].get<double>())};
  };
  t["masked_select"] = [](const X& x, const json&) -> Y { return {masked_select(x[0], x[1])}; };
  t["masked_scatter"] = [](const X& x, const json&) -> Y {
    return {masked_scatter(x[0], x[1], x[2])};
  };
  t["nonzero"] = [](const X& x, const json&) -> Y { return {nonzero(x[0])}; };
  t["where_positions"] = [](const X& x, const json&) -> Y { return where(x[0]); };
}

}  // namespace fathom::test
