// Where the marks of an axis go and what they say.
#pragma once
#include <string>
#include <vector>

namespace fathom::figure {

struct Tick {
  double value = 0;
  std::string label;  ///< empty for the small ticks of a logarithmic axis
};

/// The smallest of 1, 2 and 5 times a power of ten that cuts [low, high] into `wanted` steps or
/// less.
double nice_step(double low, double high, int wanted);

/// Ticks at multiples of 1, 2 or 5 times a power of ten inside [low, high], about `wanted` of them;
/// `whole`: none between whole numbers.
std::vector<Tick> linear_ticks(double low, double high, int wanted, bool whole = false);

/// Ticks at powers of ten inside [low, high], 0 < low, with small ones at 2 to 9 between; over less
/// than a decade the small ones are labelled too, or linear ticks taken.
std::vector<Tick> log_ticks(double low, double high, int wanted);

/// A number as short as a reader needs: "0.25", "−3", "1.2e6" with a true minus sign.
std::string number_label(double value, int decimals = -1);

}  // namespace fathom::figure
