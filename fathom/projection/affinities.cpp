#include "fathom/projection/affinities.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "fathom/backend/cpu/pool.h"

namespace fathom::projection {
namespace {

/// Weights exp(-beta d) of squared distances, beta found by halving so that their entropy is
/// ln(perplexity).
void weigh(std::span<const double> distances, double perplexity, std::span<double> weights) {
  constexpr double tolerance = 1e-5;
  const double wanted = std::log(perplexity), nearest = std::ranges::min(distances);
  double beta = 1, low = 0, high = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 100; ++step) {
    double sum = 0, weighted = 0;
    for (std::size_t k = 0; k < distances.size(); ++k) {
      // The nearest one's weight is 1: nothing underflows to a sum of 0.
      const double d = distances[k] - nearest;
      weights[k] = std::exp(-beta * d);
      sum += weights[k];
      weighted += weights[k] * d;
    }
    const double entropy = std::log(sum) + beta * weighted / sum;
    for (double& w : weights) w /= sum;
    if (std::abs(entropy - wanted) <= tolerance) return;
    (entropy > wanted ? low : high) = beta;
    beta = std::isinf(high) ? beta * 2 : (low + high) / 2;
  }
}

}  // namespace

Affinities affinities(std::span<const double> points, std::size_t n, std::size_t neighbours,
                      double perplexity) {
  const std::size_t d = points.size() / n;
  std::vector<std::size_t> near(n * neighbours);
  std::vector<double> weights(n * neighbours);
  cpu::parallel_for(static_cast<std::int64_t>(n), [&](std::int64_t task) {
    const auto i = static_cast<std::size_t>(task);
    std::vector<double> distance(n);
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < d; ++k) {
        const double difference = points[i * d + k] - points[j * d + k];
        sum += difference * difference;
      }
      distance[j] = sum;
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    order.erase(order.begin() + task);
    std::ranges::nth_element(order, order.begin() + static_cast<std::ptrdiff_t>(neighbours - 1),
                             [&](std::size_t a, std::size_t b) {
                               return distance[a] != distance[b] ? distance[a] < distance[b]
                                                                 : a < b;
                             });
    order.resize(neighbours);
    std::ranges::sort(order);
    std::vector<double> nearest;
    for (const std::size_t j : order) nearest.push_back(distance[j]);
    std::ranges::copy(order, near.begin() + task * static_cast<std::ptrdiff_t>(neighbours));
    weigh(nearest, perplexity, std::span(weights).subspan(i * neighbours, neighbours));
  });

  // p_ij + p_ji, over 2 n: rows of what each point chose and of who chose it.
  std::vector<std::vector<std::pair<std::size_t, double>>> rows(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = i * neighbours; k < (i + 1) * neighbours; ++k) {
      rows[i].push_back({near[k], weights[k]});
      rows[near[k]].push_back({i, weights[k]});
    }
  Affinities out{.begin = {0}, .column = {}, .value = {}};
  for (auto& row : rows) {
    std::ranges::stable_sort(row, {}, [](const auto& entry) { return entry.first; });
    for (const auto& [column, value] : row) {
      const double part = value / (2 * static_cast<double>(n));
      if (out.column.size() > out.begin.back() && out.column.back() == column) {
        out.value.back() += part;
      } else {
        out.column.push_back(column);
        out.value.push_back(part);
      }
    }
    out.begin.push_back(out.column.size());
  }
  return out;
}

}  // namespace fathom::projection
