// The calls of the golden files that tools/golden/ops_order.py makes.
#include <limits>
#include <optional>

#include "fathom/fathom.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

std::optional<DType> dtype_of(const json& a) {
  if (!a.contains("as_dtype")) return {};
  return dtype_named(a["as_dtype"]);
}
Interpolation interpolation_of(const json& a) {
  const std::string name = a.value("interpolation", "linear");
  return name == "lower"      ? Interpolation::lower
         : name == "higher"   ? Interpolation::higher
         : name == "midpoint" ? Interpolation::midpoint
         : name == "nearest"  ? Interpolation::nearest
                              : Interpolation::linear;
}
Y both(const IndexedResult& r) { return {r.values, r.indices}; }
Y all_of(const UniqueResult& r) { return {r.values, r.inverse, r.counts}; }
Y both(const HistogramResult& r) { return {r.histogram, r.edges}; }
/// std::array from "range": [low, high].
std::optional<std::array<double, 2>> range_of(const json& a) {
  if (!a.contains("range")) return {};
  return std::array<double, 2>{a["range"][0], a["range"][1]};
}

void add_scans(GoldenCalls& t) {
  t["cumsum"] = [](const X& x, const json& a) -> Y {
    return {cumsum(x[0], a["axis"], dtype_of(a))};
  };
  t["cumprod"] = [](const X& x, const json& a) -> Y {
    return {cumprod(x[0], a["axis"], dtype_of(a))};
  };
  t["cummax"] = [](const X& x, const json& a) { return both(cummax(x[0], a["axis"])); };
  t["cummin"] = [](const X& x, const json& a) { return both(cummin(x[0], a["axis"])); };
  t["logcumsumexp"] = [](const X& x, const json& a) -> Y {
    return {logcumsumexp(x[0], a["axis"])};
  };
  t["diff"] = [](const X& x, const json& a) -> Y {
    return {diff(x[0], a.value("n", 1), a.value("axis", -1), x.size() > 1 ? x[1] : Tensor(),
                 x.size() > 2 ? x[2] : Tensor())};
  };
  t["gradient"] = [](const X& x, const json& a) -> Y {
    return gradient(x[0], {x.begin() + 1, x.end()}, a["axes"].get<std::vector<int>>(),
                    a.value("edge_order", 1));
  };
  t["trapezoid"] = [](const X& x, const json& a) -> Y {
    return {x.size() > 1 ? trapezoid(x[0], x[1], a["axis"])
                         : trapezoid(x[0], a.value("dx", 1.0), a["axis"].get<int>())};
  };
  t["cumulative_trapezoid"] = [](const X& x, const json& a) -> Y {
    return {x.size() > 1 ? cumulative_trapezoid(x[0], x[1], a["axis"])
                         : cumulative_trapezoid(x[0], 1.0, a["axis"].get<int>())};
  };
}

void add_sorting(GoldenCalls& t) {
  t["sort"] = [](const X& x, const json& a) {
    return both(sort(x[0], a["axis"], a.value("descending", false)));
  };
  t["argsort"] = [](const X& x, const json& a) -> Y {
    return {argsort(x[0], a["axis"], a.value("descending", false))};
  };
  t["msort"] = [](const X& x, const json&) -> Y { return {msort(x[0])}; };
  t["topk"] = [](const X& x, const json& a) {
    return both(topk(x[0], a["k"], a.value("axis", -1), a.value("largest", true)));
  };
  t["topk_values"] = [](const X& x, const json& a) -> Y { return {topk(x[0], a["k"]).values}; };
  t["kthvalue"] = [](const X& x, const json& a) {
    return both(kthvalue(x[0], a["k"], a["axis"], keep(a)));
  };
  t["searchsorted"] = [](const X& x, const json& a) -> Y {
    return {searchsorted(x[0], x[1], a["right"].get<bool>())};
  };
  t["bucketize"] = [](const X& x, const json& a) -> Y {
    return {bucketize(x[0], x[1], a["right"].get<bool>())};
  };
  t["isin"] = [](const X& x, const json& a) -> Y {
    return {isin(x[0], x[1], a.value("invert", false))};
  };
  t["unique"] = [](const X& x, const json& a) {
    return all_of(a.contains("axis") ? unique(x[0], a["axis"].get<int>()) : unique(x[0]));
  };
  t["unique_consecutive"] = [](const X& x, const json& a) {
    return all_of(a.contains("axis") ? unique_consecutive(x[0], a["axis"].get<int>())
                                     : unique_consecutive(x[0]));
  };
}

void add_statistics(GoldenCalls& t) {
  t["median"] = [](const X& x, const json& a) -> Y {
    return a.contains("axis") ? both(median(x[0], a["axis"], keep(a))) : Y{median(x[0])};
  };
  t["nanmedian"] = [](const X& x, const json& a) -> Y {
    return a.contains("axis") ? both(nanmedian(x[0], a["axis"], keep(a))) : Y{nanmedian(x[0])};
  };
  t["mode_values"] = [](const X& x, const json& a) -> Y {
    return {mode(x[0], a["axis"], keep(a)).values};
  };
  t["quantile"] = [](const X& x, const json& a) -> Y {
    return {quantile(x[0], x[1], axis_of(a), keep(a), interpolation_of(a))};
  };
  t["nanquantile"] = [](const X& x, const json& a) -> Y {
    return {nanquantile(x[0], x[1], axis_of(a), keep(a), interpolation_of(a))};
  };
  t["cov"] = [](const X& x, const json& a) -> Y {
    Tensor frequencies, importances;
    for (std::size_t i = 0; a.contains("weights") && i < a["weights"].size(); ++i)
      (a["weights"][i] == "fweights" ? frequencies : importances) = x[i + 1];
    return {cov(x[0], a.value("correction", 1), frequencies, importances)};
  };
  t["corrcoef"] = [](const X& x, const json&) -> Y { return {corrcoef(x[0])}; };
  t["bincount"] = [](const X& x, const json& a) -> Y {
    return {bincount(x[0], x.size() > 1 ? x[1] : Tensor(), a.value("minlength", 0))};
  };
  t["histc"] = [](const X& x, const json& a) -> Y {
    return {histc(x[0], a["bins"], a.value("min", 0.0), a.value("max", 0.0))};
  };
  t["histogram"] = [](const X& x, const json& a) {
    return both(histogram(x[0], a["bins"].get<std::int64_t>(), range_of(a),
                          x.size() > 1 ? x[1] : Tensor(), a.value("density", false)));
  };
  t["histogramdd"] = [](const X& x, const json& a) -> Y {
    std::vector<std::array<double, 2>> ranges;
    if (a.contains("range"))
      for (std::size_t i = 0; i < a["range"].size(); i += 2)
        ranges.push_back({a["range"][i], a["range"][i + 1]});
    const HistogramddResult r =
        histogramdd(x[0], a["bins"].get<std::vector<std::int64_t>>(), ranges,
                    x.size() > 1 ? x[1] : Tensor(), a.value("density", false));
    Y all{r.histogram};
    all.insert(all.end(), r.edges.begin(), r.edges.end());
    return all;
  };
  t["histogram_edges"] = [](const X& x, const json&) { return both(histogram(x[0], x[1])); };
}

void add_axis_reductions(GoldenCalls& t) {
  t["sum"] = [](const X& x, const json& a) -> Y {
    return {sum(x[0], axes_of(a), keep(a), dtype_of(a))};
  };
  t["mean"] = [](const X& x, const json& a) -> Y {
    return {mean(x[0], axes_of(a), keep(a), dtype_of(a))};
  };
  t["prod"] = [](const X& x, const json& a) -> Y {
    return {prod(x[0], axes_of(a), keep(a), dtype_of(a))};
  };
  t["nansum"] = [](const X& x, const json& a) -> Y { return {nansum(x[0], axes_of(a), keep(a))}; };
  t["nanmean"] = [](const X& x, const json& a) -> Y {
    return {nanmean(x[0], axes_of(a), keep(a))};
  };
  t["max_with_index"] = [](const X& x, const json& a) {
    return both(max_with_index(x[0], a["axis"], keep(a)));
  };
  t["min_with_index"] = [](const X& x, const json& a) {
    return both(min_with_index(x[0], a["axis"], keep(a)));
  };
  t["aminmax"] = [](const X& x, const json& a) -> Y {
    const auto [low, high] =
        aminmax(x[0], a.contains("axis") ? Axes(a["axis"].get<int>()) : Axes());
    return {low, high};
  };
  t["var_mean"] = [](const X& x, const json& a) -> Y {
    const auto [v, m] = var_mean(x[0], axes_of(a), a.value("correction", 1));
    return {v, m};
  };
  t["std_mean"] = [](const X& x, const json& a) -> Y {
    const auto [s, m] = std_mean(x[0], axes_of(a), a.value("correction", 1));
    return {s, m};
  };
  t["count_nonzero"] = [](const X& x, const json& a) -> Y {
    return {count_nonzero(x[0], axes_of(a))};
  };
}

}  // namespace

void add_order_calls(GoldenCalls& calls) {
  add_scans(calls);
  add_sorting(calls);
  add_statistics(calls);
  add_axis_reductions(calls);
}

}  // namespace fathom::test
