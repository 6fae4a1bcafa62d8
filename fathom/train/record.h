// What a run measures: values by name, one record an epoch.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fathom/core/where.h"

namespace fathom::train {

/// Named values in the order of their columns: loss, accuracy, val_loss, val_accuracy.
using Values = std::vector<std::pair<std::string, double>>;
/// The value of a name; nullptr if there is none.
const double* find(const Values& values, std::string_view name);

/// One finished epoch.
struct Record {
  std::int64_t epoch = 0;  ///< counted from 1
  std::int64_t step = 0;   ///< steps taken since the start of the run
  double seconds = 0;      ///< since the start of the run
  Values values;           ///< of the epoch, as the model was at each step; then the validation's
};

/// One line of JSON, without the line's end; NaN and infinity become null.
std::string to_json(const Record& record);

/// A value's name, with the line that asks for it.
struct ValueName {
  template <std::convertible_to<std::string_view> S>
  ValueName(const S& name,  // NOLINT(google-explicit-constructor)
            Where where = Where::current())
      : text(name), where(where) {}
  std::string_view text;
  Where where;
};

/// What `fit` returns.
struct History {
  std::vector<Record> epochs;
  /// Why the run ended before its last epoch: "interrupted", "no better val_loss in 5 epochs".
  /// Empty for a run that went to its end.
  std::string stopped;

  /// One value over the epochs: history["val_loss"]. NaN where an epoch lacks it.
  /// Errors: ValueError that lists the names there are.
  std::vector<double> operator[](ValueName name) const;
  /// The names of all values, in order of appearance.
  std::vector<std::string> names() const;
};

/// Whether a value is better large or small.
enum class Goal : std::uint8_t { automatic, smaller, larger };
/// Tells by a name: losses, errors and divergences are to become small, all else large.
bool is_better_small(std::string_view name);

}  // namespace fathom::train
