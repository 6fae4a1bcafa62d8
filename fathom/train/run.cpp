#include "fathom/train/run.h"

#include <chrono>
#include <csignal>

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

}  // namespace

double Run::seconds() const { return now() - started_; }

Values Run::values() const {
  Values values;
  if (rows_ > 0) values.emplace_back("loss", loss_sum_ / static_cast<double>(rows_));
  for (auto& value : task_.values()) values.push_back(std::move(value));
  return values;
}

double Run::value(std::string_view name) const {
  if (!history_.epochs.empty())
    if (const double* value = find(history_.epochs.back().values, name)) return *value;
  return history_[name].back();
}

void Run::one_epoch(const LoopOptions& options) {
  loss_sum_ = 0;
  rows_ = 0;
  task_.begin_epoch(epoch_, batch_);
  const auto interrupted = [&] {
    return options.interrupt && options.interrupt->load(std::memory_order_relaxed);
  };
  auto callbacks = options.callbacks;
  if (interrupted()) stop("interrupted");
  while (!stopping() && task_.has_batch()) {
    for (Callback& c : callbacks) c.before_step(*this);
    try {
      const StepResult result = task_.step(step_);
      loss_ = result.loss;
      loss_sum_ += result.loss * static_cast<double>(result.rows);
      rows_ += result.rows;
      batch_ += result.batches;
      ++step_;
    } catch (const NumericError& error) {
      bool settled = false;
      for (Callback& c : callbacks) settled = c.nan(*this, error) || settled;
      if (!settled) throw;
      if (!stopping()) stop(error.summary());
      return;
    }
    for (Callback& c : callbacks) c.after_step(*this);
    if (interrupted()) stop("interrupted");
  }
  if (rows_ == 0 || (stopping() && task_.has_batch())) return;  // an epoch that has not ended
  batch_ = 0;
  Record record{.epoch = ++epoch_, .step = step_, .seconds = seconds(), .values = values()};
  const bool last = epoch_ == epochs_ || stopping();
  if (last || epoch_ % options.validate_every == 0)
    for (const auto& [name, value] : task_.validate())
      record.values.emplace_back(options.validation_prefix + name, value);
  history_.epochs.push_back(std::move(record));
  for (Callback& c : callbacks) c.after_epoch(*this);
}

History run(Task& task, LoopOptions options) {
  if (options.epochs < 0 || options.validate_every < 1)
    throw ValueError({.operation = "train",
                      .problem = "these numbers of epochs make no sense",
                      .received = {{"epochs", std::to_string(options.epochs)},
                                   {"validate_every", std::to_string(options.validate_every)}},
                      .expected = "epochs from 0 on, validate_every from 1 on"});
  Run run(task, options.epochs);
  run.epoch_ = options.first_epoch;
  run.batch_ = options.first_batch;
  run.step_ = options.first_step;
  run.started_ = now();
  for (Callback& c : options.callbacks) c.begin(run);
  while (run.epoch_ < run.epochs_ && !run.stopping()) run.one_epoch(options);
  for (Callback& c : options.callbacks) c.end(run);
  return std::move(run.history_);
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
