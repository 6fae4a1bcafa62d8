// The calls of tools/golden/ops_linalg.py; see there what is compared of a decomposition.
#include <limits>

#include "fathom/fathom.h"
#include "tests/ops/golden_calls.h"

namespace fathom::test {
namespace {

using namespace linalg;

Tensor regular(const Tensor& x) { return x + 3 * eye(x.size(-1), x.dtype()); }
Tensor symmetric(const Tensor& x) {
  const std::int64_t n = x.size(-1);
  return (x + transpose(x)) * 0.3 + 2 * cast(arange(n), x.dtype()) * eye(n, x.dtype());
}
Tensor positive(const Tensor& x) { return symmetric(x) + 4 * eye(x.size(-1), x.dtype()); }

bool named(const json& order) { return order == "fro" || order == "nuc"; }
std::vector<int> integers(const json& a, const char* name) {
  return a.contains(name) ? a[name].get<std::vector<int>>() : std::vector<int>();
}

void add_products(GoldenCalls& t) {
  t["einsum"] = [](const X& x, const json& a) -> Y { return {einsum(a["equation"], x)}; };
  t["tensordot"] = [](const X& x, const json& a) -> Y {
    if (a["axes"].is_number()) return {tensordot(x[0], x[1], a["axes"].get<int>())};
    return {tensordot(x[0], x[1], a["axes"][0].get<std::vector<int>>(),
                      a["axes"][1].get<std::vector<int>>())};
  };
  t["outer"] = [](const X& x, const json&) -> Y { return {outer(x[0], x[1])}; };
  t["inner"] = [](const X& x, const json&) -> Y { return {inner(x[0], x[1])}; };
  t["kron"] = [](const X& x, const json&) -> Y { return {kron(x[0], x[1])}; };
  using Added =
      Tensor (*)(const Operand&, const Operand&, const Operand&, const Operand&, const Operand&);
  for (const auto& [name, f] : std::vector<std::pair<std::string, Added>>{{"addmm", addmm},
                                                                          {"baddbmm", baddbmm},
                                                                          {"addbmm", addbmm},
                                                                          {"addmv", addmv},
                                                                          {"addr", addr}})
    t[name] = [f = f](const X& x, const json& a) -> Y {
      return {f(x[0], x[1], x[2], a["beta"].get<double>(), a["alpha"].get<double>())};
    };
  t["trace"] = [](const X& x, const json&) -> Y { return {trace(x[0])}; };
  t["multi_dot"] = [](const X& x, const json&) -> Y { return {multi_dot(x)}; };
  t["vecdot"] = [](const X& x, const json& a) -> Y { return {vecdot(x[0], x[1], a["axis"])}; };
  t["cross"] = [](const X& x, const json& a) -> Y { return {cross(x[0], x[1], a["axis"])}; };
  t["cdist"] = [](const X& x, const json& a) -> Y {
    return {cdist(x[0], x[1], number_of(a["p"]))};
  };
}

void add_attention(GoldenCalls& t) {
  t["scaled_dot_product_attention"] = [](const X& x, const json& a) -> Y {
    AttentionOptions options{.mask = x.size() > 3 ? x[3] : Tensor(),
                             .causal = a.value("causal", false)};
    if (a.contains("scale")) options.scale = a["scale"].get<double>();
    return {scaled_dot_product_attention(x[0], x[1], x[2], options)};
  };
}

void add_decompositions(GoldenCalls& t) {
  t["lu"] = [](const X& x, const json&) -> Y {
    const LuResult f = lu(x[0]);
    return {f.p, f.l, f.u};
  };
  t["lu_factor"] = [](const X& x, const json&) -> Y {
    const LuFactorResult f = lu_factor(x[0]);
    return {f.lu, f.pivots};
  };
  t["cholesky"] = [](const X& x, const json& a) -> Y {
    return {cholesky(positive(x[0]), a["upper"])};
  };
  t["qr"] = [](const X& x, const json&) -> Y {
    const QrResult f = qr(x[0]);
    return {f.q, f.r};
  };
  t["svd"] = [](const X& x, const json&) -> Y {
    const SvdResult f = svd(x[0], false);
    return {matmul(f.u * unsqueeze(pow(f.s, 3), -2), f.vh)};
  };
  t["svdvals"] = [](const X& x, const json&) -> Y { return {svdvals(x[0])}; };
  t["eigh"] = [](const X& x, const json& a) -> Y {
    const EighResult f = eigh(symmetric(x[0]) * 0.3, a.value("uplo", "L") == "U");
    return {matmul(f.eigenvectors * unsqueeze(exp(f.eigenvalues), -2), transpose(f.eigenvectors))};
  };
  t["eigvalsh"] = [](const X& x, const json&) -> Y { return {eigvalsh(symmetric(x[0]))}; };
  t["inv"] = [](const X& x, const json&) -> Y { return {inv(regular(x[0]))}; };
  t["det"] = [](const X& x, const json&) -> Y { return {det(x[0])}; };
  t["slogdet"] = [](const X& x, const json&) -> Y {
    const SlogdetResult f = slogdet(x[0]);
    return {f.sign, f.logabsdet};
  };
  // Whatever the order and the phases.
  t["eigvals"] = [](const X& x, const json&) -> Y {
    const Tensor w = eigvals(x[0]);
    return {sum(complex_mul(w, complex_mul(w, w)), -2), sum(complex_abs(w), -1)};
  };
  t["eig"] = [](const X& x, const json&) -> Y {
    const auto [w, v] = eig(x[0]);
    const Tensor weights = real_part(w) + square(imaginary_part(w));
    return {sum(pow(complex_abs(v), 4) * unsqueeze(weights, -2), {-1, -2})};
  };
  t["logdet"] = [](const X& x, const json& a) -> Y {
    return {logdet(a.contains("positive") ? positive(x[0]) : x[0])};
  };
  t["tensorsolve"] = [](const X& x, const json& a) -> Y {
    return {tensorsolve(x[0], x[1], integers(a, "axes"))};
  };
  t["tensorinv"] = [](const X& x, const json& a) -> Y { return {tensorinv(x[0], a["axes"])}; };
  t["householder_product"] = [](const X& x, const json&) -> Y {
    return {householder_product(x[0], x[1])};
  };
  t["pinv"] = [](const X& x, const json&) -> Y { return {pinv(x[0])}; };
  t["solve"] = [](const X& x, const json& a) -> Y {
    return {solve(regular(x[0]), x[1], a.value("left", true))};
  };
  t["solve_triangular"] = [](const X& x, const json& a) -> Y {
    return {solve_triangular(
        regular(x[0]), x[1],
        {.upper = a["upper"], .left = a["left"], .unitriangular = a["unitriangular"]})};
  };
  t["lstsq"] = [](const X& x, const json&) -> Y { return {lstsq(x[0], x[1]).solution}; };
  t["matrix_exp"] = [](const X& x, const json&) -> Y { return {matrix_exp(x[0])}; };
  t["matrix_power"] = [](const X& x, const json& a) -> Y {
    return {matrix_power(regular(x[0]), a["n"])};
  };
  t["matrix_rank"] = [](const X& x, const json&) -> Y { return {matrix_rank(x[0])}; };
  t["vector_norm"] = [](const X& x, const json& a) -> Y {
    return {vector_norm(x[0], number_of(a.contains("order") ? a["order"] : a["p"]),
                        Axes(integers(a, "axes")), a.value("keepdim", false))};
  };
  t["matrix_norm"] = [](const X& x, const json& a) -> Y {
    const std::array<int, 2> axes = a.value("axes", std::array<int, 2>{-2, -1});
    const bool keep = a.value("keepdim", false);
    if (named(a["order"])) return {matrix_norm(x[0], a["order"].get<std::string>(), axes, keep)};
    return {matrix_norm(x[0], number_of(a["order"]), axes, keep)};
  };
  t["cond"] = [](const X& x, const json& a) -> Y {
    if (!a.contains("order")) return {cond(x[0])};
    if (named(a["order"])) return {cond(x[0], a["order"].get<std::string>())};
    return {cond(x[0], number_of(a["order"]))};
  };
  t["cholesky_solve"] = [](const X& x, const json& a) -> Y {
    return {cholesky_solve(x[0], cholesky(positive(x[1]), a["upper"]), a["upper"])};
  };
  t["cholesky_inverse"] = [](const X& x, const json&) -> Y {
    return {cholesky_inverse(cholesky(positive(x[0])))};
  };
}

void add_transforms(GoldenCalls& t) {
  const auto norm_of = [](const json& a) {
    const std::string name = a.value("norm", "backward");
    return name == "ortho"     ? fft::Norm::ortho
           : name == "forward" ? fft::Norm::forward
                               : fft::Norm::backward;
  };
  using One = Tensor (*)(const Operand&, std::int64_t, int, fft::Norm);
  for (const auto& [name, f] : std::vector<std::pair<std::string, One>>{{"fft", fft::fft},
                                                                        {"ifft", fft::ifft},
                                                                        {"rfft", fft::rfft},
                                                                        {"irfft", fft::irfft},
                                                                        {"hfft", fft::hfft},
                                                                        {"ihfft", fft::ihfft}})
    t[name] = [f = f, norm_of](const X& x, const json& a) -> Y {
      return {f(x[0], a.value("n", 0), a.value("dim", -1), norm_of(a))};
    };
  using Several = Tensor (*)(const Operand&, const std::vector<std::int64_t>&,
                             const std::vector<int>&, fft::Norm);
  for (const auto& [name, f] :
       std::vector<std::pair<std::string, Several>>{{"fftn", fft::fftn},
                                                    {"ifftn", fft::ifftn},
                                                    {"rfftn", fft::rfftn},
                                                    {"irfftn", fft::irfftn},
                                                    {"fft2", fft::fft2},
                                                    {"ifft2", fft::ifft2},
                                                    {"rfft2", fft::rfft2},
                                                    {"irfft2", fft::irfft2},
                                                    {"hfftn", fft::hfftn},
                                                    {"ihfftn", fft::ihfftn},
                                                    {"hfft2", fft::hfft2},
                                                    {"ihfft2", fft::ihfft2}})
    t[name] = [f = f, norm_of, two = name.back() == '2'](const X& x, const json& a) -> Y {
      const auto lengths = a.value("s", std::vector<std::int64_t>());
      const auto axes = two ? std::vector<int>{-2, -1} : integers(a, "dim");
      return {f(x[0], lengths, axes, norm_of(a))};
    };
  t["stft"] = [](const X& x, const json& a) -> Y {
    const std::string mode = a.value("pad_mode", "reflect");
    return {stft(x[0], a["n_fft"],
                 {.hop_length = a.value("hop_length", 0),
                  .win_length = a.value("win_length", 0),
                  .window = x.size() > 1 ? x[1] : Tensor(),
                  .center = a.value("center", true),
                  .pad_mode = mode == "reflect" ? PadMode::reflect : PadMode::replicate,
                  .normalized = a.value("normalized", false),
                  .onesided = a.value("onesided", true)})};
  };
  t["istft"] = [](const X& x, const json& a) -> Y {
    return {istft(x[0], a["n_fft"],
                  {.hop_length = a.value("hop_length", 0),
                   .win_length = a.value("win_length", 0),
                   .window = x.size() > 1 ? x[1] : Tensor(),
                   .center = a.value("center", true),
                   .normalized = a.value("normalized", false),
                   .onesided = a.value("onesided", true),
                   .length = a.value("length", 0)})};
  };
  const auto window = [&](const char* name, auto make) {
    t[name] = [make](const X&, const json& a) -> Y {
      const std::int64_t n = a["n"];
      return {make(n, a["periodic"].get<bool>(), a.value("more", std::vector<double>()))};
    };
  };
  using More = std::vector<double>;
  window("hann_window", [](auto n, bool p, const More&) { return hann_window(n, p); });
  window("blackman_window", [](auto n, bool p, const More&) { return blackman_window(n, p); });
  window("bartlett_window", [](auto n, bool p, const More&) { return bartlett_window(n, p); });
  window("hamming_window", [](auto n, bool p, const More& m) {
    return m.empty() ? hamming_window(n, p) : hamming_window(n, p, m[0], m[1]);
  });
  window("kaiser_window", [](auto n, bool p, const More& m) {
    return m.empty() ? kaiser_window(n, p) : kaiser_window(n, p, m[0]);
  });
  t["polar"] = [](const X& x, const json&) -> Y { return {polar(x[0], x[1])}; };
  t["complex_angle"] = [](const X& x, const json&) -> Y { return {complex_angle(x[0])}; };
  t["fftshift"] = [](const X& x, const json& a) -> Y {
    return {fft::fftshift(x[0], integers(a, "dim"))};
  };
  t["ifftshift"] = [](const X& x, const json& a) -> Y {
    return {fft::ifftshift(x[0], integers(a, "dim"))};
  };
}

}  // namespace

void add_linalg_calls(GoldenCalls& table) {
  add_products(table);
  add_attention(table);
  add_decompositions(table);
  add_transforms(table);
}

}  // namespace fathom::test
