#include "fathom/train/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string_view>

namespace fathom::train {
namespace {

constexpr double redraw_seconds = 0.1, line_seconds = 1;

bool is_terminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && !(term && std::string_view(term) == "dumb");
}

bool is_counted(const Run& run) {
  return run.batches() != std::numeric_limits<std::int64_t>::max();
}

}  // namespace

std::string duration(double seconds) {
  const auto s = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {} s", s / 60, s % 60);
  return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
}

std::string to_string(const Values& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    std::string shown = name;
    std::ranges::replace(shown, '_', ' ');
    text += (text.empty() ? "" : "  ") + shown;
    text += name.ends_with("accuracy") ? fmt::format(" {:.2f} %", 100 * value)
                                       : fmt::format(" {:.4f}", value);
  }
  return text;
}

Progress::Progress(Verbose verbose)
    : style_(verbose == Verbose::automatic ? is_terminal() ? Verbose::bar : Verbose::lines
             : verbose == Verbose::bar && !is_terminal() ? Verbose::silent
                                                         : verbose) {}

void Progress::begin(Run& run) {
  first_step_ = run.step();
  first_row_ = run.rows_in_all();
  first_second_ = run.seconds();
  last_drawn_ = 0;
}

double Progress::seconds(const Run& run) const {
  return std::max(run.seconds() - first_second_, 1e-9);
}

double Progress::rows_per_second(const Run& run) const {
  return static_cast<double>(run.rows_in_all() - first_row_) / seconds(run);
}

void Progress::draw(const Run& run) {
  constexpr int cells = 20;
  // Between epochs there are no running numbers: those of the last epoch stay.
  const bool running = run.batch() > 0 || run.history().epochs.empty();
  std::string text = fmt::format("epoch {}/{} ", run.epoch() + (running ? 1 : 0), run.epochs());
  if (is_counted(run)) {
    const auto filled =
        running ? cells * run.batch() / std::max<std::int64_t>(1, run.batches()) : cells;
    for (int i = 0; i < cells; ++i) text += i < filled ? "━" : "─";
    text += " ";
  } else {
    text += fmt::format("batch {} ", run.batch());
  }
  text += to_string(running ? run.values() : run.history().epochs.back().values);
  text += fmt::format("  {:.0f} samples/s", rows_per_second(run));
  if (is_counted(run)) {
    const double left =
        static_cast<double>((run.epochs() - run.epoch()) * run.batches() - run.batch());
    const double done = static_cast<double>(run.step() - first_step_);
    text += fmt::format("  {} left", duration(left / std::max(done, 1e-9) * seconds(run)));
  }
  std::printf("\r%s\x1b[K", text.c_str());
  std::fflush(stdout);
  line_open_ = true;
  last_drawn_ = run.seconds();
}

void Progress::after_step(Run& run) {
  // The clock is asked once in 16 steps: a step can be as short as a microsecond.
  if (style_ == Verbose::bar && (run.step() & 15) == 0 &&
      run.seconds() - last_drawn_ >= redraw_seconds)
    draw(run);
}

void Progress::after_epoch(Run& run) {
  const Record& record = run.history().epochs.back();
  const bool last = run.epoch() == run.epochs() || run.stopping();
  if (style_ == Verbose::json) {
    std::printf("%s\n", to_json(record).c_str());
    std::fflush(stdout);
  } else if (style_ == Verbose::bar) {
    if (last || run.seconds() - last_drawn_ >= redraw_seconds) draw(run);
  } else if (last || run.epoch() == 1 || run.seconds() - last_drawn_ >= line_seconds) {
    fmt::print("epoch {:>{}}/{}  {}  {:.0f} samples/s\n", record.epoch,
               std::to_string(run.epochs()).size(), run.epochs(), to_string(record.values),
               rows_per_second(run));
    std::fflush(stdout);
    last_drawn_ = run.seconds();
  }
}

void Progress::end(Run& run) {
  if (line_open_) std::printf("\n");
  line_open_ = false;
  if (run.stopping() && style_ != Verbose::json)
    fmt::print("stopped in epoch {}: {}\n", run.epoch() + (run.batch() > 0 ? 1 : 0),
               run.history().stopped);
  std::fflush(stdout);
}

}  // namespace fathom::train
