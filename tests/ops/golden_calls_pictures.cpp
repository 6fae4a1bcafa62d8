// Calls of what is done to pictures, signals and volumes: tools/golden/ops_pictures.py.
#include "fathom/fathom.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

/// One number for all axes, a list, or nothing; null in a list is -1.
template <int n> std::optional<PerAxis<n>> per_axis(const json& a, const char* name) {
  if (!a.contains(name)) return {};
  const json& given = a[name];
  if (!given.is_array()) return PerAxis<n>(given.get<std::int64_t>());
  PerAxis<n> each(-1);
  for (int i = 0; i < n; ++i)
    if (const json& number = given[static_cast<std::size_t>(i)]; !number.is_null())
      each.values[static_cast<std::size_t>(i)] = number.get<std::int64_t>();
  return each;
}
template <int n> PerAxis<n> size_of(const json& a, const char* name = "kernel_size") {
  return *per_axis<n>(a, name);
}

template <int n> MaxPoolOptions<n> max_options(const json& a) {
  return {.stride = per_axis<n>(a, "stride"),
          .padding = per_axis<n>(a, "padding").value_or(0),
          .dilation = per_axis<n>(a, "dilation").value_or(1),
          .ceil_mode = a.value("ceil_mode", false)};
}
template <int n> AvgPoolOptions<n> average_options(const json& a) {
  AvgPoolOptions<n> options{.stride = per_axis<n>(a, "stride"),
                            .padding = per_axis<n>(a, "padding").value_or(0),
                            .ceil_mode = a.value("ceil_mode", false),
                            .count_include_pad = a.value("count_include_pad", true)};
  if (a.contains("divisor_override")) options.divisor_override = a["divisor_override"].get<int>();
  return options;
}

/// The functions of one number of axes, in the order in which they are registered below.
template <int n, class Max, class MaxIndices, class Average, class Norm, class AdaptiveAverage,
          class AdaptiveMax, class Unpool>
void add_pools(GoldenCalls& t, Max max, MaxIndices max_indices, Average average, Norm norm,
               AdaptiveAverage adaptive_average, AdaptiveMax adaptive_max, Unpool unpool) {
  const auto name = [](const char* what, const char* rest = "") {
    return what + std::to_string(n) + "d" + rest;
  };
  t[name("max_pool")] = [=](const X& x, const json& a) -> Y {
    return {max(x[0], size_of<n>(a), max_options<n>(a))};
  };
  t[name("max_pool", "_with_indices")] = [=](const X& x, const json& a) -> Y {
    const IndexedResult y = max_indices(x[0], size_of<n>(a), max_options<n>(a));
    return {y.values, y.indices};
  };
  t[name("avg_pool")] = [=](const X& x, const json& a) -> Y {
    return {average(x[0], size_of<n>(a), average_options<n>(a))};
  };
  t[name("lp_pool")] = [=](const X& x, const json& a) -> Y {
    return {norm(x[0], a["norm_type"], size_of<n>(a),
                 LpPoolOptions<n>{.stride = per_axis<n>(a, "stride"),
                                  .ceil_mode = a.value("ceil_mode", false)})};
  };
  t[name("adaptive_avg_pool")] = [=](const X& x, const json& a) -> Y {
    return {adaptive_average(x[0], size_of<n>(a, "output_size"))};
  };
  t[name("adaptive_max_pool", "_with_indices")] = [=](const X& x, const json& a) -> Y {
    const IndexedResult y = adaptive_max(x[0], size_of<n>(a, "output_size"));
    return {y.values, y.indices};
  };
  t[name("max_unpool")] = [=](const X& x, const json& a) -> Y {
    return {unpool(x[0], x[1], size_of<n>(a),
                   MaxUnpoolOptions<n>{.stride = per_axis<n>(a, "stride"),
                                       .padding = per_axis<n>(a, "padding").value_or(0),
                                       .output_size = per_axis<n>(a, "output_size")})};
  };
}

/// A number is a list of one.
template <class T> std::vector<T> list_of(const json& a, const char* name) {
  if (!a.contains(name)) return {};
  return a[name].is_array() ? a[name].get<std::vector<T>>() : std::vector<T>{a[name].get<T>()};
}

void add_sampling(GoldenCalls& t) {
  t["interpolate"] = [](const X& x, const json& a) -> Y {
    static const std::map<std::string, InterpolateMode> modes{
        {"nearest", InterpolateMode::nearest}, {"nearest_exact", InterpolateMode::nearest_exact},
        {"linear", InterpolateMode::linear},   {"bilinear", InterpolateMode::bilinear},
        {"bicubic", InterpolateMode::bicubic}, {"trilinear", InterpolateMode::trilinear},
        {"area", InterpolateMode::area}};
    InterpolateOptions o{.size = list_of<std::int64_t>(a, "size"),
                         .scale_factor = list_of<double>(a, "scale_factor"),
                         .mode = modes.at(a["mode"]),
                         .recompute_scale_factor = a.value("recompute_scale_factor", false),
                         .antialias = a.value("antialias", false)};
    if (a.contains("align_corners")) o.align_corners = a["align_corners"].get<bool>();
    return {interpolate(x[0], o)};
  };
  t["grid_sample"] = [](const X& x, const json& a) -> Y {
    const std::string mode = a.value("mode", "bilinear"),
                      padding = a.value("padding_mode", "zeros");
    return {grid_sample(x[0], x[1],
                        {.mode = mode == "nearest"   ? GridMode::nearest
                                 : mode == "bicubic" ? GridMode::bicubic
                                                     : GridMode::bilinear,
                         .padding_mode = padding == "border"       ? GridPadding::border
                                         : padding == "reflection" ? GridPadding::reflection
                                                                   : GridPadding::zeros,
                         .align_corners = a.value("align_corners", false)})};
  };
  t["affine_grid"] = [](const X& x, const json& a) -> Y {
    return {affine_grid(x[0], shape_of(a["size"]), a.value("align_corners", false))};
  };
}

}  // namespace

void add_picture_calls(GoldenCalls& t) {
  add_pools<1>(t, max_pool1d, max_pool1d_with_indices, avg_pool1d, lp_pool1d, adaptive_avg_pool1d,
               adaptive_max_pool1d_with_indices, max_unpool1d);
  add_pools<2>(t, max_pool2d, max_pool2d_with_indices, avg_pool2d, lp_pool2d, adaptive_avg_pool2d,
               adaptive_max_pool2d_with_indices, max_unpool2d);
  add_pools<3>(t, max_pool3d, max_pool3d_with_indices, avg_pool3d, lp_pool3d, adaptive_avg_pool3d,
               adaptive_max_pool3d_with_indices, max_unpool3d);
  add_sampling(t);
}

}  // namespace fathom::test
