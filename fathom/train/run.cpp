#include "fathom/train/run.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include "fathom/io/file.h"

namespace fathom::train {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::atomic<bool> interrupted{false};
volatile std::sig_atomic_t interrupted_by = 0;

void on_interrupt(int signal) {
  interrupted_by = signal;
  interrupted.store(true, std::memory_order_relaxed);
}

constexpr double least_seconds_between_checkpoints = 0.5;

/// Whether a name stands for a value of the validation.
bool is_of_validation(std::string_view name, const LoopOptions& options) {
  return !options.validation_prefix.empty() && name.starts_with(options.validation_prefix);
}

/// In columns over all epochs: a tensor for each value would be many.
void archive(Archive& a, History& history) {
  const auto scope = a.inside("history");
  std::vector<std::int64_t> epochs, steps, counts, places;
  std::vector<double> seconds, values;
  std::vector<std::string> names = history.names();
  for (const Record& r : history.epochs) {
    epochs.push_back(r.epoch);
    steps.push_back(r.step);
    seconds.push_back(r.seconds);
    counts.push_back(static_cast<std::int64_t>(r.values.size()));
    for (const auto& [name, value] : r.values) {
      places.push_back(std::ranges::find(names, name) - names.begin());
      values.push_back(value);
    }
  }
  a("names", names);
  a("epochs", epochs);
  a("steps", steps);
  a("seconds", seconds);
  a("counts", counts);
  a("places", places);
  a("values", values);
  if (!a.reading()) return;
  history.epochs.clear();
  std::size_t at = 0;
  const auto refuse = [&](bool wrong) {
    if (wrong)
      throw FormatError({.operation = "resume",
                         .problem = "the checkpoint's history does not fit together",
                         .received = {{"file", a.source()}}});
  };
  refuse(steps.size() != epochs.size() || seconds.size() != epochs.size() ||
         counts.size() != epochs.size() || places.size() != values.size());
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    Record record{.epoch = epochs[i], .step = steps[i], .seconds = seconds[i], .values = {}};
    for (std::int64_t k = 0; k < counts[i]; ++k, ++at) {
      refuse(at >= values.size() || places[at] < 0 ||
             places[at] >= static_cast<std::int64_t>(names.size()));
      record.values.emplace_back(names[static_cast<std::size_t>(places[at])], values[at]);
    }
    history.epochs.push_back(std::move(record));
  }
}

}  // namespace

Run::Run(Task& task, LoopOptions& options, const Where& where)
    : task_(task), options_(options), where_(where), epochs_(options.epochs), started_(now()) {
  history_.epochs = std::move(options.initial_history.epochs);
  if (history_.epochs.empty()) return;
  const Record& last = history_.epochs.back();
  epoch_ = last.epoch;
  step_ = last.step;
  started_ -= last.seconds;
}

double Run::seconds() const { return now() - started_; }

Values Run::values() const {
  Values values;
  if (rows_ > 0) values.emplace_back("loss", loss_sum_ / static_cast<double>(rows_));
  for (auto& value : task_.values()) values.push_back(std::move(value));
  return values;
}

double Run::value(ValueName name) const {
  if (!history_.epochs.empty())
    if (const double* value = find(history_.epochs.back().values, name.text)) return *value;
  return history_[name].back();
}

std::optional<double> Run::newest(ValueName name) const {
  if (!validated_ && is_of_validation(name.text, options_)) return std::nullopt;
  return value(name);
}

void Run::archive(Archive& a) {
  {
    const auto scope = a.inside("run");
    a("epoch", epoch_);
    a("batch", batch_);
    a("step", step_);
    a("rows", rows_);
    a("rows_in_all", rows_in_all_);
    a("loss", loss_);
    a("loss_sum", loss_sum_);
    double passed = seconds();
    a("seconds", passed);
    started_ = now() - passed;
    // An interrupt is no part of the run: it goes on.
    std::string stopped = interrupted_ ? "" : history_.stopped;
    a("stopped", stopped);
    if (a.reading()) history_.stopped = stopped;
    train::archive(a, history_);
  }
  task_.archive(a);
}

void Run::archive_callbacks(Archive& a) {
  std::int64_t i = 0;
  for (Callback& c : options_.callbacks) {
    const auto scope = a.inside("callbacks." + std::to_string(i++));
    c.archive(*this, a);
  }
}

void Run::begin() {
  const Checkpoint& checkpoint = options_.checkpoint;
  std::optional<Archive> from;
  if (checkpoint.resume && io::exists(checkpoint.path)) {
    from.emplace(checkpoint.path, where_);
    const auto before = task_.snapshot();
    try {
      archive(*from);
    } catch (...) {
      task_.restore(before);
      throw;
    }
    kept_epoch_ = epoch_;
    kept_step_ = step_;
  }
  for (Callback& c : options_.callbacks) c.begin(*this);
  if (from) {
    archive_callbacks(*from);
    from->require_all_read();
  }
  kept_at_ = now();
  write_checkpoint();  // so that a path that cannot be written is known at once
}

void Run::write_checkpoint() {
  if (options_.checkpoint.path.empty() || (kept_step_ == step_ && kept_epoch_ == epoch_)) return;
  Archive a;
  archive(a);
  archive_callbacks(a);
  a.save(options_.checkpoint.path, where_);
  kept_epoch_ = epoch_;
  kept_step_ = step_;
  kept_at_ = now();
}

bool Run::checkpoint_due() const {
  const Checkpoint& c = options_.checkpoint;
  if (c.path.empty()) return false;
  if (c.every_steps > 0 && step_ - kept_step_ >= c.every_steps) return true;
  // Between epochs there is always a place to go on from, but writing to disk takes longer than a
  // short epoch. Within one the clock is asked once in 16 steps: a step can be a microsecond.
  if (batch_ == 0)
    return c.every_steps > 0 || stopping() || epoch_ == epochs_ ||
           now() - kept_at_ >= std::min(least_seconds_between_checkpoints, c.every_seconds);
  return (step_ & 15) == 0 && now() - kept_at_ >= c.every_seconds;
}

void Run::look_for_interrupt() {
  if (!options_.interrupt || !options_.interrupt->load(std::memory_order_relaxed)) return;
  if (!stopping()) interrupted_ = true;
  stop("interrupted");
}

void Run::one_epoch() {
  if (batch_ == 0) loss_sum_ = 0, rows_ = 0;
  task_.begin_epoch(epoch_, batch_);
  look_for_interrupt();
  while (!stopping() && task_.has_batch()) {
    for (Callback& c : options_.callbacks) c.before_step(*this);
    try {
      const StepResult result = task_.step(step_);
      loss_ = result.loss;
      loss_sum_ += result.loss * static_cast<double>(result.rows);
      rows_ += result.rows;
      rows_in_all_ += result.rows;
      batch_ += result.batches;
      ++step_;
    } catch (const NumericError& error) {
      bool settled = false;
      for (Callback& c : options_.callbacks) settled = c.nan(*this, error) || settled;
      if (!settled) throw;
      if (!stopping()) stop(error.summary());
      return;
    }
    for (Callback& c : options_.callbacks) c.after_step(*this);
    look_for_interrupt();
    if (checkpoint_due() && task_.has_batch()) write_checkpoint();
  }
  if (stopping() && task_.has_batch()) return;  // an epoch that has not ended
  if (rows_ == 0)
    throw ValueError({.operation = "train", .problem = "the data gave no batch in this epoch"});
  batch_ = 0;
  Record record{.epoch = ++epoch_, .step = step_, .seconds = seconds(), .values = values()};
  // An interrupt must not show in what is measured: the run may go on.
  validated_ =
      epoch_ % options_.validate_every == 0 || epoch_ == epochs_ || (stopping() && !interrupted_);
  if (validated_)
    for (const auto& [name, value] : task_.validate())
      record.values.emplace_back(options_.validation_prefix + name, value);
  history_.epochs.push_back(std::move(record));
  for (Callback& c : options_.callbacks) c.after_epoch(*this);
  if (checkpoint_due()) write_checkpoint();
}

namespace {

void require_sense(const LoopOptions& options) {
  const Checkpoint& checkpoint = options.checkpoint;
  if (options.epochs < 0 || options.validate_every < 1)
    throw ValueError({.operation = "train",
                      .problem = "these numbers of epochs make no sense",
                      .received = {{"epochs", std::to_string(options.epochs)},
                                   {"validate_every", std::to_string(options.validate_every)}},
                      .expected = "epochs from 0 on, validate_every from 1 on"});
  if (!(checkpoint.every_seconds >= 0) || checkpoint.every_steps < 0 ||
      (checkpoint.resume && checkpoint.path.empty()))
    throw ValueError(
        {.operation = "train",
         .problem = "these options of checkpoints make no sense",
         .received = {{"path", checkpoint.path},
                      {"every_seconds", std::to_string(checkpoint.every_seconds)},
                      {"every_steps", std::to_string(checkpoint.every_steps)}},
         .expected = "a path to resume from, every_seconds and every_steps from 0 on"});
}

}  // namespace

History run(Task& task, LoopOptions options, Where where) {
  return located(where, [&] {
    require_sense(options);
    Run run(task, options, where);
    run.begin();
    while (run.epoch_ < run.epochs_ && !run.stopping()) run.one_epoch();
    run.write_checkpoint();
    for (Callback& c : options.callbacks) c.end(run);
    return std::move(run.history_);
  });
}

struct InterruptScope::Before {
  struct sigaction interrupt, terminate;
};

InterruptScope::InterruptScope() : before_(std::make_unique<Before>()) {
  interrupted = false;
  interrupted_by = 0;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, &before_->interrupt);
  sigaction(SIGTERM, &action, &before_->terminate);
}
InterruptScope::~InterruptScope() {
  sigaction(SIGINT, &before_->interrupt, nullptr);
  sigaction(SIGTERM, &before_->terminate, nullptr);
}
const std::atomic<bool>* InterruptScope::flag() const { return &interrupted; }
int InterruptScope::signal() const { return interrupted_by; }

}  // namespace fathom::train
