// Calls of what moves elements, makes tensors and pads: tools/golden/ops_shape.py.
#include <array>

#include "fathom/fathom.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

using Numbers = std::vector<std::int64_t>;

void add_moves(GoldenCalls& t) {
  t["movedim"] = [](const X& x, const json& a) -> Y {
    return {movedim(x[0], a["source"].get<std::vector<int>>(),
                    a["destination"].get<std::vector<int>>())};
  };
  t["swapaxes"] = [](const X& x, const json& a) -> Y {
    return {swapaxes(x[0], a["axis0"], a["axis1"])};
  };
  t["fliplr"] = unary([](auto& x) { return fliplr(x); });
  t["flipud"] = unary([](auto& x) { return flipud(x); });
  t["rot90"] = [](const X& x, const json& a) -> Y {
    return {rot90(x[0], a["k"], a["axes"][0], a["axes"][1])};
  };
  t["roll"] = [](const X& x, const json& a) -> Y {
    if (!a.contains("axes")) return {roll(x[0], a["shifts"].get<std::int64_t>())};
    return {roll(x[0], a["shifts"].get<Numbers>(), a["axes"].get<std::vector<int>>())};
  };
  t["repeat"] = [](const X& x, const json& a) -> Y {
    return {repeat(x[0], a["counts"].get<Numbers>())};
  };
  t["tile"] = [](const X& x, const json& a) -> Y {
    return {tile(x[0], a["counts"].get<Numbers>())};
  };
  t["repeat_interleave"] = [](const X& x, const json& a) -> Y {
    const auto axis = a.contains("axis") ? std::optional<int>(a["axis"]) : std::nullopt;
    if (x.size() > 1) return {repeat_interleave(x[0], x[1], axis)};
    return {repeat_interleave(x[0], a["repeats"].get<std::int64_t>(), axis)};
  };
  t["narrow"] = [](const X& x, const json& a) -> Y {
    return {narrow(x[0], a["axis"], a["start"], a["length"])};
  };
  t["select"] = [](const X& x, const json& a) -> Y {
    return {select(x[0], a["axis"], a["index"])};
  };
  t["unflatten"] = [](const X& x, const json& a) -> Y {
    return {unflatten(x[0], a["axis"], a["extents"].get<Numbers>())};
  };
  t["flatten"] = [](const X& x, const json& a) -> Y {
    return {flatten(x[0], a.value("start", 0), a.value("end", -1))};
  };
  t["ravel"] = unary([](auto& x) { return ravel(x); });
  t["broadcast_to"] = [](const X& x, const json& a) -> Y {
    return {broadcast_to(x[0], shape_of(a["shape"]))};
  };
  t["broadcast_tensors"] = [](const X& x, const json&) -> Y { return broadcast_tensors(x); };
  t["atleast_1d"] = unary([](auto& x) { return atleast_1d(x); });
  t["atleast_2d"] = unary([](auto& x) { return atleast_2d(x); });
  t["atleast_3d"] = unary([](auto& x) { return atleast_3d(x); });
  t["pixel_shuffle"] = [](const X& x, const json& a) -> Y {
    return {pixel_shuffle(x[0], a["factor"])};
  };
  t["pixel_unshuffle"] = [](const X& x, const json& a) -> Y {
    return {pixel_unshuffle(x[0], a["factor"])};
  };
  t["channel_shuffle"] = [](const X& x, const json& a) -> Y {
    return {channel_shuffle(x[0], a["groups"])};
  };
}

void add_diagonals(GoldenCalls& t) {
  const auto axes = [](const json& a, int first, int second) {
    return a.contains("axes") ? a["axes"].get<std::array<int, 2>>() : std::array{first, second};
  };
  t["diagonal"] = [=](const X& x, const json& a) -> Y {
    const auto [first, second] = axes(a, 0, 1);
    return {diagonal(x[0], a.value("offset", 0), first, second)};
  };
  t["diag_embed"] = [=](const X& x, const json& a) -> Y {
    const auto [first, second] = axes(a, -2, -1);
    return {diag_embed(x[0], a.value("offset", 0), first, second)};
  };
  t["diag"] = [](const X& x, const json& a) -> Y { return {diag(x[0], a.value("offset", 0))}; };
  t["diagflat"] = [](const X& x, const json& a) -> Y {
    return {diagflat(x[0], a.value("offset", 0))};
  };
  t["tril"] = [](const X& x, const json& a) -> Y { return {tril(x[0], a.value("diagonal", 0))}; };
  t["triu"] = [](const X& x, const json& a) -> Y { return {triu(x[0], a.value("diagonal", 0))}; };
  t["tril_indices"] = [](const X&, const json& a) -> Y {
    return {tril_indices(a["n"], a["m"], a["offset"])};
  };
  t["triu_indices"] = [](const X&, const json& a) -> Y {
    return {triu_indices(a["n"], a["m"], a["offset"])};
  };
}

void add_joins(GoldenCalls& t) {
  t["hstack"] = [](const X& x, const json&) -> Y { return {hstack(x)}; };
  t["vstack"] = [](const X& x, const json&) -> Y { return {vstack(x)}; };
  t["dstack"] = [](const X& x, const json&) -> Y { return {dstack(x)}; };
  t["column_stack"] = [](const X& x, const json&) -> Y { return {column_stack(x)}; };
  t["split_evenly"] = [](const X& x, const json& a) -> Y {
    return split(x[0], a["length"].get<int>(), a.value("axis", 0));
  };
  t["chunk"] = [](const X& x, const json& a) -> Y {
    return chunk(x[0], a["count"], a.value("axis", 0));
  };
  t["tensor_split"] = [](const X& x, const json& a) -> Y {
    const int axis = a.value("axis", 0);
    if (a.contains("count")) return tensor_split(x[0], a["count"].get<std::int64_t>(), axis);
    return tensor_split(x[0], a["positions"].get<Numbers>(), axis);
  };
  const auto parts = [&](const char* name, auto in, auto at) {
    t[name] = [=](const X& x, const json& a) -> Y {
      if (a.contains("count")) return in(x[0], a["count"].get<std::int64_t>());
      return at(x[0], a["positions"].get<Numbers>());
    };
  };
  using Count = std::int64_t;
  parts(
      "hsplit", [](auto& x, Count n) { return hsplit(x, n); },
      [](auto& x, const Numbers& n) { return hsplit(x, n); });
  parts(
      "vsplit", [](auto& x, Count n) { return vsplit(x, n); },
      [](auto& x, const Numbers& n) { return vsplit(x, n); });
  parts(
      "dsplit", [](auto& x, Count n) { return dsplit(x, n); },
      [](auto& x, const Numbers& n) { return dsplit(x, n); });
  t["block_diag"] = [](const X& x, const json&) -> Y { return {block_diag(x)}; };
  t["unbind"] = [](const X& x, const json& a) -> Y { return unbind(x[0], a.value("axis", 0)); };
  t["meshgrid"] = [](const X& x, const json& a) -> Y {
    return meshgrid(x, a["indexing"] == "xy" ? GridOrder::xy : GridOrder::ij);
  };
  t["cartesian_prod"] = [](const X& x, const json&) -> Y { return {cartesian_prod(x)}; };
  t["combinations"] = [](const X& x, const json& a) -> Y {
    return {combinations(x[0], a["r"], a["with_replacement"])};
  };
}

Windows windows_of(const json& a) {
  Windows w{.kernel_size = a["kernel_size"].get<Windows::Pair>()};
  if (a.contains("dilation")) w.dilation = a["dilation"].get<Windows::Pair>();
  if (a.contains("padding")) w.padding = a["padding"].get<Windows::Pair>();
  if (a.contains("stride")) w.stride = a["stride"].get<Windows::Pair>();
  return w;
}

void add_windows(GoldenCalls& t) {
  t["pad_mode"] = [](const X& x, const json& a) -> Y {
    const auto widths = a["widths"].get<Widths>();
    if (a["mode"] == "constant") return {pad(x[0], widths, a.value("value", 0.0))};
    return {pad(x[0], widths,
                a["mode"] == "reflect"     ? PadMode::reflect
                : a["mode"] == "replicate" ? PadMode::replicate
                                           : PadMode::circular)};
  };
  t["unfold"] = [](const X& x, const json& a) -> Y {
    return {unfold(x[0], a["axis"], a["size"], a["step"])};
  };
  t["unfold_columns"] = [](const X& x, const json& a) -> Y {
    return {unfold(x[0], windows_of(a))};
  };
  t["fold"] = [](const X& x, const json& a) -> Y {
    return {fold(x[0], a["output_size"].get<Windows::Pair>(), windows_of(a))};
  };
}

void add_creation(GoldenCalls& t) {
  t["arange"] = [](const X&, const json& a) -> Y {
    const auto number = [](const json& n) {
      return n.is_number_float() ? Operand(n.get<double>()) : Operand(n.get<std::int64_t>());
    };
    const auto kind =
        a.contains("kind") ? std::optional<DType>(dtype_named(a["kind"])) : std::nullopt;
    const json& n = a["numbers"];
    if (n.size() == 1) return {arange(number(n[0]), kind)};
    return {arange(number(n[0]), number(n[1]), n.size() > 2 ? number(n[2]) : Operand(1), kind)};
  };
  t["linspace"] = [](const X&, const json& a) -> Y {
    return {linspace(a["start"], a["stop"], a["count"], dtype_named(a["kind"]))};
  };
  t["logspace"] = [](const X&, const json& a) -> Y {
    return {
        logspace(a["start"], a["stop"], a["count"], a.value("base", 10.0), dtype_named(a["kind"]))};
  };
  t["eye"] = [](const X&, const json& a) -> Y {
    return {eye(a["n"].get<std::int64_t>(), a["m"].get<std::int64_t>(), dtype_named(a["kind"]))};
  };
  t["tri"] = [](const X&, const json& a) -> Y { return {tri(a["n"], a["m"], a["diagonal"])}; };
  t["vander"] = [](const X& x, const json& a) -> Y {
    const auto count = a.contains("count") ? std::optional<std::int64_t>(a["count"]) : std::nullopt;
    return {vander(x[0], count, a.value("increasing", false))};
  };
  t["cast"] = [](const X& x, const json& a) -> Y { return {cast(x[0], dtype_named(a["kind"]))}; };
}

}  // namespace

void add_shape_calls(GoldenCalls& t) {
  add_moves(t);
  add_diagonals(t);
  add_joins(t);
  add_windows(t);
  add_creation(t);
}

}  // namespace fathom::test
