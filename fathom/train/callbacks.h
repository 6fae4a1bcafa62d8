// What can be hung into a run: stopping early, keeping the best, logs, pictures, learning rates.
// All are plain structs; `monitor` names a value of the history.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "fathom/optim/schedule.h"
#include "fathom/train/run.h"

namespace fathom::train {

/// Whether a monitored value has become better, and the best so far.
struct Best {
  std::string monitor = "val_loss";
  Goal goal = Goal::automatic;  ///< told by the name: is_better_small
  double min_delta = 0;         ///< a smaller gain is none
  std::optional<double> best{};

  /// Looks at the newest value. NaN is never better, nor is an epoch without validation. Errors:
  /// ValueError for an unknown name.
  bool improves(const Run& run);
  bool is_better(double value, double than) const;
  void archive(Archive& a) { a("best", best); }
};

/// Ends the run when a value has not become better in `patience` epochs in a row, as Keras counts:
/// epochs without validation are left out, the first epoch never ends the run.
struct EarlyStopping {
  std::string monitor = "val_loss";
  std::int64_t patience = 0;
  double min_delta = 0;
  Goal goal = Goal::automatic;
  bool restore_best = false;          ///< the net then is that of the best epoch
  std::int64_t start_from_epoch = 0;  ///< epochs before this are not looked at
  std::optional<double> baseline{};   ///< only a value better than this resets the patience

  void begin(Run& run);
  void after_epoch(Run& run);
  void end(Run& run);
  void archive(Run& run, Archive& a);

  /// What it remembers.
  struct State {
    Best best;
    std::int64_t waited = 0, best_epoch = 0;
    std::shared_ptr<const void> model;
  } state{};
};

/// Writes the model's tensors whenever a value is the best so far.
struct BestCheckpoint {
  std::string path;
  std::string monitor = "val_loss";
  Goal goal = Goal::automatic;

  void begin(Run& run);
  void after_epoch(Run& run);
  void archive(Archive& a) { state.archive(a); }

  Best state{};
};

/// Writes the model's tensors every so many epochs, and when the run ends. "{epoch}" in the path
/// stands for the epoch's number.
struct ModelCheckpoint {
  std::string path;
  std::int64_t every = 1;

  void begin(Run& run);
  void after_epoch(Run& run);
  void end(Run& run);
};

/// One line an epoch, with the values' names on top. Errors: IoError.
struct CsvLog {
  std::string path;
  void after_epoch(Run& run);
};

/// One JSON object an epoch. Errors: IoError.
struct JsonLog {
  std::string path;
  void after_epoch(Run& run);
};

/// Draws all values over the epochs when the run ends, those that differ by "val_" in one plot;
/// ".png" or ".svg". Errors: IoError.
struct CurvePlot {
  std::string path;
  void begin(Run& run);
  void end(Run& run);
};
/// The same of a history at hand, whose validation's names begin with `validation`. Errors:
/// ValueError for a history without epochs; IoError.
void draw_curves(const std::string& path, const History& history,
                 const std::string& validation = "val_", Where where = Where::current());

/// Sets the learning rate before each step, to a function of the steps taken so far. Errors:
/// ValueError without a schedule.
struct LearningRate {
  optim::Schedule schedule;
  void begin(Run& run);
  void before_step(Run& run) { run.set_learning_rate(schedule(run.step())); }
};

/// Lowers the learning rate when a value has stopped to become better: torch's ReduceLROnPlateau.
struct ReduceOnPlateau {
  std::string monitor = "val_loss";
  optim::ReduceOnPlateau rule{};  ///< its mode is told by the goal
  Goal goal = Goal::automatic;

  void begin(Run& run);
  void after_epoch(Run& run);
  void archive(Archive& a);
};

/// Ends the run, with the net as it was before, at a step whose loss is NaN or infinite, instead of
/// an error.
struct TerminateOnNan {
  bool nan(Run& run, const NumericError& error);
};

/// Functions of one's own.
struct LambdaCallback {
  std::function<void(Run&)> on_begin{}, on_step{}, on_epoch{}, on_end{};
  void begin(Run& run) const { call(on_begin, run); }
  void after_step(Run& run) const { call(on_step, run); }
  void after_epoch(Run& run) const { call(on_epoch, run); }
  void end(Run& run) const { call(on_end, run); }

 private:
  static void call(const std::function<void(Run&)>& f, Run& run) {
    if (f) f(run);
  }
};

}  // namespace fathom::train
