#include "fathom/projection/tsne.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/ops/elementwise.h"
#include "fathom/projection/affinities.h"
#include "fathom/projection/cell_tree.h"
#include "fathom/projection/pca.h"
#include "fathom/projection/points.h"

namespace fathom::projection {
namespace {

constexpr std::size_t exploration = 250;  // iterations with exaggerated affinities
constexpr std::size_t between_checks = 50;

void check_tsne(const TsneOptions& o, std::int64_t points) {
  const auto require = [](bool good, const char* name, double got, const std::string& expected) {
    if (!good)
      throw ValueError({.operation = "tsne",
                        .problem = std::string(name) + " is out of range",
                        .received = {{name, fmt::format("{}", got)}},
                        .expected = expected});
  };
  require(o.components >= 1 && o.components <= 3, "components", static_cast<double>(o.components),
          "1 to 3");
  require(o.perplexity > 0 && o.perplexity < static_cast<double>(points), "perplexity",
          o.perplexity, "above 0 and below the number of points, " + std::to_string(points));
  require(o.early_exaggeration >= 1 && o.early_exaggeration < 1e6, "early_exaggeration",
          o.early_exaggeration, "1 and more");
  require(o.learning_rate >= 0 && o.learning_rate < 1e9, "learning_rate", o.learning_rate,
          "0 and more");
  require(o.max_iter >= exploration, "max_iter", static_cast<double>(o.max_iter), "250 and more");
  require(o.angle >= 0 && o.angle <= 1, "angle", o.angle, "0 to 1");
}

void check_finite(const char* what, std::span<const double> numbers) {
  if (std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); })) return;
  throw NumericError({.operation = "tsne",
                      .problem = std::string(what) + " that is not finite",
                      .expected = "finite numbers"});
}

/// The map of n points of D numbers and what moves them.
template <std::size_t D> class Descent {
 public:
  using Point = std::array<double, D>;

  Descent(const TsneOptions& options, Affinities affinities, std::span<const double> initial)
      : options_(options),
        affinities_(std::move(affinities)),
        points_(initial.size() / D),
        gradient_(points_.size()),
        push_(points_.size()),
        row_sums_(points_.size()) {
    for (std::size_t i = 0; i < points_.size(); ++i)
      std::copy_n(initial.begin() + static_cast<std::ptrdiff_t>(i * D), D, points_[i].begin());
  }

  void run(double rate) {
    descend(0, exploration, 0.5, rate, options_.early_exaggeration, exploration);
    descend(iterations_, options_.max_iter, 0.8, rate, 1, options_.n_iter_without_progress);
  }

  const std::vector<Point>& points() const { return points_; }
  double divergence() const { return divergence_; }
  std::size_t iterations() const { return iterations_; }

 private:
  /// Student's t of the square of a distance, and its slope over it.
  struct Student {
    double q, slope;
  };
  static constexpr double freedom = D > 2 ? double(D - 1) : 1;
  static Student student(double square) {
    const double base = 1 / (1 + square / freedom);
    return {freedom == 1 ? base : std::pow(base, (freedom + 1) / 2), base};
  }

  /// Of every point: the sum of student() and what pushes it away, by the map's points in cells.
  void repel() {
    const auto add = [&](std::size_t i, const Point& difference, double square, double count) {
      const auto [q, slope] = student(square);
      row_sums_[i] += count * q;
      for (std::size_t k = 0; k < D; ++k) push_[i][k] += count * q * slope * difference[k];
    };
    const auto each = [&](auto&& body) {
      cpu::parallel_for(static_cast<std::int64_t>(points_.size()), [&](std::int64_t task) {
        const auto i = static_cast<std::size_t>(task);
        row_sums_[i] = 0;
        push_[i] = {};
        body(i);
      });
    };
    if (options_.method == TsneMethod::barnes_hut) {
      const CellTree<D> tree(points_);
      each([&](std::size_t i) {
        tree.visit(i, options_.angle, [&](const Point& difference, double square, double count) {
          add(i, difference, square, count);
        });
      });
    } else {
      each([&](std::size_t i) {
        for (std::size_t j = 0; j < points_.size(); ++j)
          if (j != i) {
            const auto [difference, square] = between(i, j);
            add(i, difference, square, 1);
          }
      });
    }
  }

  std::pair<Point, double> between(std::size_t i, std::size_t j) const {
    Point difference;
    double square = 0;
    for (std::size_t k = 0; k < D; ++k) {
      difference[k] = points_[i][k] - points_[j][k];
      square += difference[k] * difference[k];
    }
    return {difference, square};
  }

  /// The gradient of the divergence, and the divergence if it is asked for.
  void differentiate(double exaggeration, bool divergence) {
    repel();
    const double all = std::accumulate(row_sums_.begin(), row_sums_.end(), 0.0);
    cpu::parallel_for(static_cast<std::int64_t>(points_.size()), [&](std::int64_t task) {
      const auto i = static_cast<std::size_t>(task);
      constexpr double least = std::numeric_limits<double>::epsilon();
      Point pull{};
      double sum = 0;
      for (std::size_t at = affinities_.begin[i]; at < affinities_.begin[i + 1]; ++at) {
        const auto [difference, square] = between(i, affinities_.column[at]);
        const auto [q, slope] = student(square);
        const double p = affinities_.value[at] * exaggeration;
        for (std::size_t k = 0; k < D; ++k) pull[k] += p * slope * difference[k];
        if (divergence) sum += p * std::log(std::max(p, least) / std::max(q / all, least));
      }
      row_sums_[i] = sum;
      constexpr double factor = 2 * (freedom + 1) / freedom;
      for (std::size_t k = 0; k < D; ++k) gradient_[i][k] = factor * (pull[k] - push_[i][k] / all);
    });
    if (divergence) divergence_ = std::accumulate(row_sums_.begin(), row_sums_.end(), 0.0);
  }

  /// Gradient descent with momentum and a gain for each number (Jacobs 1988).
  void descend(std::size_t from, std::size_t to, double momentum, double rate, double exaggeration,
               std::size_t patience) {
    std::vector<Point> update(points_.size()), gain(points_.size());
    for (Point& g : gain) g.fill(1);
    double best = std::numeric_limits<double>::max();
    std::size_t best_at = from;
    for (std::size_t step = from; step < to; ++step) {
      const bool looks = (step + 1) % between_checks == 0 || step + 1 == to;
      differentiate(exaggeration, looks);
      double square = 0;
      for (std::size_t i = 0; i < points_.size(); ++i)
        for (std::size_t k = 0; k < D; ++k) {
          double& g = gain[i][k];
          g = std::max(update[i][k] * gradient_[i][k] < 0 ? g + 0.2 : g * 0.8, 0.01);
          const double slope = gradient_[i][k] * g;
          square += slope * slope;
          update[i][k] = momentum * update[i][k] - rate * slope;
          points_[i][k] += update[i][k];
        }
      iterations_ = step + 1;
      if (!looks) continue;
      if (options_.on_step) options_.on_step({iterations_, divergence_, std::sqrt(square)});
      if (divergence_ < best) {
        best = divergence_;
        best_at = step;
      } else if (step - best_at > patience) {
        break;
      }
      if (std::sqrt(square) <= options_.min_grad_norm) break;
    }
  }

  const TsneOptions& options_;
  const Affinities affinities_;
  std::vector<Point> points_, gradient_, push_;
  std::vector<double> row_sums_;
  double divergence_ = 0;
  std::size_t iterations_ = 0;
};

/// Where the points of the map begin: around 0, a deviation of 1e-4.
std::vector<double> begin_of(const Tensor& x, const TsneOptions& options) {
  const std::int64_t n = x.shape()[0], d = options.components;
  constexpr double deviation = 1e-4;
  if (options.initial) {
    if (options.initial->shape() != Shape{n, d})
      throw ShapeError({.operation = "tsne",
                        .problem = "as many initial points as points are needed",
                        .received = {{"initial", to_string(options.initial->shape())}},
                        .expected = to_string(Shape{n, d})});
    std::vector<double> initial = cast(*options.initial, DType::f64).to_vector<double>();
    check_finite("an initial point", initial);
    return initial;
  }
  std::vector<double> out(static_cast<std::size_t>(n * d), 0.0);
  if (options.init == TsneInit::random) {
    std::vector<float> drawn(out.size());
    cpu::random().normal(drawn.data(), 0, static_cast<std::int64_t>(drawn.size()), options.seed, 0,
                         static_cast<float>(deviation));
    std::ranges::copy(drawn, out.begin());
    return out;
  }
  const std::int64_t have = std::min(std::min(n, x.shape()[1]), d);  // further ones are 0
  const std::vector<double> y =
      Pca::fit(x, {.components = have}).transform(x).template to_vector<double>();
  double square = 0;
  for (std::int64_t i = 0; i < n; ++i) square += y[i * have] * y[i * have];
  const double spread = std::sqrt(square / static_cast<double>(n));
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t k = 0; k < have; ++k)
      out[i * d + k] = spread > 0 ? y[i * have + k] / spread * deviation : 0;
  return out;
}

template <std::size_t D> TsneResult draw(const Tensor& x, const TsneOptions& options) {
  const auto n = static_cast<std::size_t>(x.shape()[0]);
  // Farther points weigh nothing (van der Maaten 2014).
  const std::size_t neighbours =
      options.method == TsneMethod::exact
          ? n - 1
          : std::min(n - 1, static_cast<std::size_t>(3 * options.perplexity + 1));
  Descent<D> descent(options, affinities(x.data<double>(), n, neighbours, options.perplexity),
                     begin_of(x, options));
  const double automatic = std::max(static_cast<double>(n) / options.early_exaggeration / 4, 50.0);
  descent.run(options.learning_rate == 0 ? automatic : options.learning_rate);
  std::vector<double> flat;
  for (const auto& point : descent.points()) flat.insert(flat.end(), point.begin(), point.end());
  return {Tensor::from(flat, {static_cast<std::int64_t>(n), static_cast<std::int64_t>(D)}),
          descent.divergence(), descent.iterations()};
}

}  // namespace

TsneResult tsne(const Tensor& x, const TsneOptions& options, Where where) {
  return located(where, [&] {
    require_points("tsne", x, 2);
    check_tsne(options, x.shape()[0]);
    const Tensor wide = cast(x, DType::f64).eval();
    check_finite("a point", wide.data<double>());
    TsneResult out = options.components == 1   ? draw<1>(wide, options)
                     : options.components == 2 ? draw<2>(wide, options)
                                               : draw<3>(wide, options);
    out.points = cast(out.points, x.dtype()).eval();
    return out;
  });
}

}  // namespace fathom::projection
