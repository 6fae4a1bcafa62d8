#include "fathom/figure/ticks.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace fathom::figure {
namespace {

std::string with_minus(std::string text) {
  if (text.starts_with('-')) text.replace(0, 1, "\u2212");
  return text;
}

// Plain while all labels of an axis are short, else all as powers.
std::string power_of_ten(int exponent, bool plain) {
  static constexpr const char* superscripts[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                                 "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  if (plain) return fmt::format("{:g}", std::pow(10.0, exponent));
  std::string text = "10";
  if (exponent < 0) text += "\u207b";
  for (const char digit : std::to_string(std::abs(exponent))) text += superscripts[digit - '0'];
  return text;
}

}  // namespace

std::string number_label(double value, int decimals) {
  if (value == 0) value = 0;  // no "-0"
  if (decimals >= 0) return with_minus(fmt::format("{:.{}f}", value, decimals));
  if (std::abs(value) >= 1000 && std::abs(value) < 1e7) return number_label(value, 0);
  return with_minus(fmt::format("{:.4g}", value));
}

double nice_step(double low, double high, int wanted) {
  const double rough = (high - low) / std::max(wanted, 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough * 0.999) return factor * power;
  return power * 10;
}

std::vector<Tick> linear_ticks(double low, double high, int wanted, bool whole) {
  if (!(high > low)) return {{low, number_label(low)}};
  const double step = std::max(nice_step(low, high, wanted), whole ? 1.0 : 0.0);
  const int exponent = static_cast<int>(std::floor(std::log10(step) + 1e-9));
  const double most = std::max(std::abs(low), std::abs(high));
  const bool plain = most < 1e6 && exponent >= -5;
  std::vector<Tick> ticks;
  // Whole multiples, so that no error adds up along the axis.
  const auto first = static_cast<long long>(std::ceil(low / step - 1e-9));
  const auto last = static_cast<long long>(std::floor(high / step + 1e-9));
  for (long long i = first; i <= last && ticks.size() < 1000; ++i) {
    const double value = static_cast<double>(i) * step;
    ticks.push_back({value, plain ? number_label(value, std::max(0, -exponent))
                                  : with_minus(fmt::format("{:.6g}", value))});
  }
  return ticks;
}

std::vector<Tick> log_ticks(double low, double high, int wanted) {
  const int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
  const double decades = std::log10(high / low);
  if (decades < 0.7) return linear_ticks(low, high, wanted);
  const int stride = std::max(1, static_cast<int>(std::ceil((last - first + 1.0) / (wanted + 1))));
  const bool plain = first >= -3 && last <= 4;
  std::vector<Tick> ticks;
  for (int exponent = first; exponent <= last; ++exponent)
    for (int digit = 1; digit <= 9; ++digit) {
      const double value = digit * std::pow(10.0, exponent);
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      const bool labelled = digit == 1 && (exponent - first) % stride == 0;
      const bool named = decades < 1.6 && (digit == 2 || digit == 5);
      if (digit > 1 && decades > 8) continue;
      ticks.push_back({value, labelled ? power_of_ten(exponent, plain)
                              : named  ? fmt::format("{:g}", value)
                                       : ""});
    }
  return ticks;
}

}  // namespace fathom::figure
