// The training loop, whatever is trained: epochs of steps, a validation after each, callbacks.
// `fit` and `Trainer` run it, each with a Task of its own.
#pragma once
#include <atomic>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fathom/core/error.h"
#include "fathom/train/archive.h"
#include "fathom/train/record.h"

namespace fathom::train {

/// What a step gives.
struct StepResult {
  double loss = 0;
  std::int64_t rows = 0;
  std::int64_t batches = 1;  ///< that it took from the loader
};

/// What the loop drives.
class Task {
 public:
  virtual ~Task() = default;
  /// Batches of an epoch; the largest number there is if nobody knows.
  virtual std::int64_t batches() const = 0;
  /// `batch` is above 0 where a resumed run goes on in the middle of an epoch.
  virtual void begin_epoch(std::int64_t epoch, std::int64_t batch) = 0;
  /// Whether the epoch has another batch; makes it ready.
  virtual bool has_batch() = 0;
  /// Trains on it. Errors: NumericError for a loss that is not finite; the model then is as it was.
  virtual StepResult step(std::int64_t step) = 0;
  /// Means over the epoch so far, beside the loss.
  virtual Values values() const { return {}; }
  /// Of the model as it is; empty without validation data.
  virtual Values validate() { return {}; }

  virtual double learning_rate() const = 0;
  virtual void set_learning_rate(double rate) = 0;
  /// The model as a value, and back.
  virtual std::shared_ptr<const void> snapshot() const = 0;
  virtual void restore(const std::shared_ptr<const void>& model) = 0;
  /// Writes the model's tensors by name as safetensors. Errors: IoError.
  virtual void save(const std::string& path) const = 0;
  /// All that a step depends on: model, optimizer, place in the data, running means.
  virtual void archive(Archive& a) = 0;
  /// A model that snapshot() gave; nullptr is one too.
  virtual void archive(Archive& a, std::string_view name, std::shared_ptr<const void>& model) = 0;
};

struct LoopOptions;

/// A run in progress: what a callback sees, and what it may do.
class Run {
 public:
  std::int64_t epoch() const { return epoch_; }    ///< finished epochs
  std::int64_t epochs() const { return epochs_; }  ///< to run
  std::int64_t batch() const { return batch_; }    ///< done of the epoch at hand
  std::int64_t batches() const { return task_.batches(); }
  std::int64_t step() const { return step_; }                ///< since the start
  std::int64_t rows() const { return rows_; }                ///< seen in the epoch at hand
  std::int64_t rows_in_all() const { return rows_in_all_; }  ///< seen since the start
  double seconds() const;  ///< since the start, without the time between a stop and a resumption
  double loss() const { return loss_; }  ///< of the last step
  /// Of the epoch at hand, so far.
  Values values() const;
  const History& history() const { return history_; }
  /// The user's line that began it: errors of callbacks, which he only hung in, name it.
  const Where& where() const { return where_; }
  /// The newest value of a name. Errors: ValueError that lists the names there are.
  double value(ValueName name) const;
  /// The same of the epoch that has just ended; nothing if it is one of the validation and this
  /// epoch was not validated. Errors: as value().
  std::optional<double> newest(ValueName name) const;

  /// Ends the run after the step or epoch at hand.
  void stop(std::string why) {
    if (history_.stopped.empty()) history_.stopped = std::move(why);
  }
  bool stopping() const { return !history_.stopped.empty(); }
  double learning_rate() const { return task_.learning_rate(); }
  void set_learning_rate(double rate) { task_.set_learning_rate(rate); }
  std::shared_ptr<const void> snapshot() const { return task_.snapshot(); }
  void restore(const std::shared_ptr<const void>& model) { task_.restore(model); }
  void save(const std::string& path) const { task_.save(path); }
  /// Keeps a snapshot in a checkpoint, or gives it back.
  void archive(Archive& a, std::string_view name, std::shared_ptr<const void>& model) {
    task_.archive(a, name, model);
  }

 private:
  friend History run(Task& task, LoopOptions options, Where where);
  Run(Task& task, LoopOptions& options, const Where& where);
  void begin();
  void one_epoch();
  void archive(Archive& a);
  void archive_callbacks(Archive& a);
  void write_checkpoint();
  bool checkpoint_due() const;
  void look_for_interrupt();

  Task& task_;
  LoopOptions& options_;
  Where where_;
  std::int64_t epochs_, epoch_ = 0, batch_ = 0, step_ = 0, rows_ = 0, rows_in_all_ = 0;
  double loss_ = 0, loss_sum_ = 0;
  double started_ = 0;
  bool validated_ = false, interrupted_ = false;
  History history_;
  // Of the checkpoint that was written last.
  std::int64_t kept_step_ = -1, kept_epoch_ = -1;
  double kept_at_ = 0;
};

/// Anything with some of the functions begin, before_step, after_step, after_epoch, end, each
/// taking Run&, or nan(Run&, const NumericError&), which returns whether it has dealt with a step
/// that gave NaN or infinity. A function that takes Run& is called after each epoch. What has a
/// state keeps it in checkpoints by archive(Archive&) or archive(Run&, Archive&), which is called
/// after begin. std::ref() keeps the caller's own object.
class Callback {
 public:
  template <class C>
  requires(!std::same_as<std::remove_cvref_t<C>, Callback>)
      Callback(C callback)  // NOLINT(google-explicit-constructor)
      : self_(std::make_shared<Model<C>>(std::move(callback))) {}

  void begin(Run& run) { self_->begin(run); }
  void before_step(Run& run) { self_->before_step(run); }
  void after_step(Run& run) { self_->after_step(run); }
  void after_epoch(Run& run) { self_->after_epoch(run); }
  void end(Run& run) { self_->end(run); }
  bool nan(Run& run, const NumericError& error) { return self_->nan(run, error); }
  void archive(Run& run, Archive& a) { self_->archive(run, a); }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual void begin(Run&) = 0;
    virtual void before_step(Run&) = 0;
    virtual void after_step(Run&) = 0;
    virtual void after_epoch(Run&) = 0;
    virtual void end(Run&) = 0;
    virtual bool nan(Run&, const NumericError&) = 0;
    virtual void archive(Run&, Archive&) = 0;
  };
  template <class C> struct Model final : Concept {
    explicit Model(C c) : callback(std::move(c)) {}
    std::unwrap_reference_t<C>& get() { return callback; }
    void begin(Run& run) override {
      if constexpr (requires { get().begin(run); }) get().begin(run);
    }
    void before_step(Run& run) override {
      if constexpr (requires { get().before_step(run); }) get().before_step(run);
    }
    void after_step(Run& run) override {
      if constexpr (requires { get().after_step(run); }) get().after_step(run);
    }
    void after_epoch(Run& run) override {
      if constexpr (requires { get()(run); })
        get()(run);
      else if constexpr (requires { get().after_epoch(run); })
        get().after_epoch(run);
    }
    void end(Run& run) override {
      if constexpr (requires { get().end(run); }) get().end(run);
    }
    bool nan(Run& run, const NumericError& error) override {
      if constexpr (requires { get().nan(run, error); })
        return get().nan(run, error);
      else
        return false;
    }
    void archive(Run& run, Archive& a) override {
      if constexpr (requires { get().archive(run, a); })
        get().archive(run, a);
      else if constexpr (requires { get().archive(a); })
        get().archive(a);
    }
    C callback;
  };
  std::shared_ptr<Concept> self_;
};

/// Where and how often a run writes down all that it needs to go on as if it had never stopped.
struct Checkpoint {
  std::string path{};            ///< a file, replaced in one step each time; empty: none
  double every_seconds = 10;     ///< most time between two
  std::int64_t every_steps = 0;  ///< most steps between two; 0: no bound
  /// Goes on where the file stands, if there is one: with the same data, options and callbacks to
  /// the bits of a run that was never stopped. `epochs` may have grown.
  bool resume = false;
};

/// How a run goes.
struct LoopOptions {
  std::int64_t epochs = 1;
  std::int64_t validate_every = 1;               ///< epochs; the last is always validated
  std::string validation_prefix = "val_";        ///< of the names of the validation's values
  const std::atomic<bool>* interrupt = nullptr;  ///< set: the run ends after the step at hand
  std::vector<Callback> callbacks{};
  Checkpoint checkpoint{};
  History initial_history{};  ///< of a run that this one goes on after
};

/// Runs a task to its last epoch, or until a callback or an interrupt stops it. Callbacks' `end`
/// is called in any case but an error. Checkpoints are written at the start, on the way, after
/// epochs (half a second apart at least, unless every_steps is given) and at the end. Errors: those
/// of the task and the callbacks; IoError and FormatError for checkpoints, NumericError for one of
/// a model that is no longer finite (the file then stays as it was).
History run(Task& task, LoopOptions options, Where where = Where::current());

/// While it lives, the first SIGINT or SIGTERM sets a flag; a second one ends the program at once.
class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
  const std::atomic<bool>* flag() const;
  /// The signal that came; 0 if none.
  int signal() const;

 private:
  struct Before;
  std::unique_ptr<Before> before_;
};

}  // namespace fathom::train
