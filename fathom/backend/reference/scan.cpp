// Scan: every result element walks its axis. Floats are carried in double.
#include "fathom/ops/scan.h"

#include <cmath>
#include <limits>

#include "fathom/backend/reference/primitive.h"

namespace fathom::reference {
namespace {

using ScanKind = op::Scan::Kind;

template <class T> struct Running {
  using A = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
  ScanKind kind;
  A total = kind == ScanKind::prod ? A(1) : kind == ScanKind::logsumexp ? A(-infinity) : A(0);
  T best{};
  std::int64_t place = -1;

  static constexpr double infinity =
      std::is_floating_point_v<T> ? std::numeric_limits<double>::infinity() : 0;

  void enter(T x, std::int64_t position) {
    if (kind == ScanKind::sum) total += static_cast<A>(x);
    if (kind == ScanKind::prod) total *= static_cast<A>(x);
    if constexpr (std::is_floating_point_v<T>)
      if (kind == ScanKind::logsumexp) total = log_of_sum(total, x);
    const bool first = place < 0;
    if ((kind == ScanKind::max && (first || x >= best || x != x)) ||
        (kind == ScanKind::min && (first || x <= best || x != x))) {
      best = x;
      place = position;
    }
  }
  T value() const {
    return kind == ScanKind::max || kind == ScanKind::min ? best : static_cast<T>(total);
  }

 private:
  static double log_of_sum(double a, double b) {
    if (a == b && std::isinf(a)) return a;
    const double high = a > b || a != a ? a : b;
    return high + std::log1p(std::exp(-std::abs(a - b)));
  }
};

void run_scan(const Call& call) {
  const auto& a = call.attributes<op::Scan>();
  const AxisSplit s(call.shape(0), a.axis);
  with_number(call.dtype(0), [&]<class T>(T) {
    for (std::int64_t line = 0; line < s.outer * s.inner; ++line) {
      Running<T> running{a.kind};
      for (std::int64_t i = 0; i < s.extent; ++i) {
        const std::int64_t position = a.reverse ? s.extent - 1 - i : i;
        const std::int64_t e = (line / s.inner * s.extent + position) * s.inner + line % s.inner;
        running.enter(call.in<T>(0)[e], position);
        call.out<T>()[e] = running.value();
        if (call.outputs.size() > 1)
          static_cast<std::int64_t*>(call.outputs[1].data)[e] = running.place;
      }
    }
  });
}

bool serves_scan(const graph::Node& node) { return !is_half(input_dtype(node)); }

constexpr Primitive scan_table[] = {{&graph::op_tag<op::Scan>, serves_scan, run_scan}};

}  // namespace

std::span<const Primitive> scan_primitives() { return scan_table; }

}  // namespace fathom::reference
