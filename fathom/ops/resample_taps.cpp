// The weights of resampling an axis: which elements each element is made of.
#include <algorithm>
#include <cmath>

#include "fathom/ops/interpolate.h"

namespace fathom::ops {
namespace {

using Filter = op::Resample::Filter;

/// Keys' cubic (1981): at distances up to 1 and up to 2.
template <class T> T cubic_near(T x, T a) { return ((a + 2) * x - (a + 3)) * x * x + 1; }
template <class T> T cubic_far(T x, T a) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; }

/// The kernel of antialiasing; its cubic is Pillow's.
template <class T> T filter_at(Filter filter, T x) {
  x = std::abs(x);
  if (filter == Filter::linear) return x < 1 ? 1 - x : T(0);
  const T a = T(-0.5);
  return x < 1 ? cubic_near(x, a) : x < 2 ? cubic_far(x, a) : T(0);
}

template <class T> class Maker {
 public:
  explicit Maker(const op::Resample& a) : a_(a) {
    if (!a.align_corners)
      scale_ = a.scale > 0 ? static_cast<T>(a.scale) : static_cast<T>(a.in) / static_cast<T>(a.out);
    else if (a.out > 1)
      scale_ = static_cast<T>(a.in - 1) / static_cast<T>(a.out - 1);
  }
  ResampleTaps run() {
    for (std::int64_t i = 0; i < a_.out; ++i) {
      taps_.begin.push_back(static_cast<std::int64_t>(taps_.index.size()));
      if (a_.antialias)
        average(static_cast<T>(i));
      else
        between(static_cast<T>(i));
    }
    taps_.begin.push_back(static_cast<std::int64_t>(taps_.index.size()));
    return std::move(taps_);
  }

 private:
  void add(std::int64_t index, T weight) {
    taps_.index.push_back(std::clamp<std::int64_t>(index, 0, a_.in - 1));
    taps_.weight.push_back(weight);
  }
  void between(T i) {
    T at = a_.align_corners ? scale_ * i : scale_ * (i + T(0.5)) - T(0.5);
    if (a_.filter == Filter::linear) at = std::max(at, T(0));
    const auto first = std::min(static_cast<std::int64_t>(std::floor(at)), a_.in - 1);
    const T t = std::clamp(at - static_cast<T>(first), T(0), T(1));
    if (a_.filter == Filter::linear) {
      add(first, 1 - t);
      add(first + 1, t);
      return;
    }
    const T a = T(-0.75);
    add(first - 1, cubic_far(t + 1, a));
    add(first, cubic_near(t, a));
    add(first + 1, cubic_near(1 - t, a));
    add(first + 2, cubic_far(2 - t, a));
  }
  void average(T i) {
    const T width = a_.filter == Filter::linear ? 1 : 2;
    const T support = scale_ >= 1 ? width * scale_ : width;
    const T narrow = scale_ >= 1 ? 1 / scale_ : T(1);
    const T centre = scale_ * (i + T(0.5));
    const std::int64_t first =
        std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + T(0.5)), 0);
    const std::int64_t end = std::min(static_cast<std::int64_t>(centre + support + T(0.5)), a_.in);
    T total = 0;
    const std::size_t before = taps_.weight.size();
    for (std::int64_t k = first; k < end; ++k) {
      const T weight = filter_at(a_.filter, (static_cast<T>(k) - centre + T(0.5)) * narrow);
      total += weight;
      add(k, weight);
    }
    for (std::size_t k = before; k < taps_.weight.size() && total != 0; ++k)
      taps_.weight[k] = static_cast<T>(taps_.weight[k]) / total;
  }

  const op::Resample& a_;
  T scale_ = 0;
  ResampleTaps taps_;
};

/// The same sums seen from what is summed.
ResampleTaps transpose(const ResampleTaps& taps, std::int64_t extent) {
  ResampleTaps back;
  back.begin.assign(static_cast<std::size_t>(extent) + 1, 0);
  for (const std::int64_t i : taps.index) ++back.begin[static_cast<std::size_t>(i) + 1];
  for (std::size_t i = 1; i < back.begin.size(); ++i) back.begin[i] += back.begin[i - 1];
  back.index.resize(taps.index.size());
  back.weight.resize(taps.index.size());
  std::vector<std::int64_t> next = back.begin;
  for (std::size_t o = 0; o + 1 < taps.begin.size(); ++o)
    for (std::int64_t k = taps.begin[o]; k < taps.begin[o + 1]; ++k) {
      const auto tap = static_cast<std::size_t>(k);
      const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(taps.index[tap])]++);
      back.index[to] = static_cast<std::int64_t>(o);
      back.weight[to] = taps.weight[tap];
    }
  return back;
}

}  // namespace

ResampleTaps resample_taps(const op::Resample& a, bool wide) {
  const ResampleTaps taps = wide ? Maker<double>(a).run() : Maker<float>(a).run();
  return a.transposed ? transpose(taps, a.in) : taps;
}

}  // namespace fathom::ops
