#include "fathom/cli/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fathom::cli {
namespace {

constexpr auto redraw_every = std::chrono::milliseconds(100);
constexpr auto line_every = std::chrono::seconds(1);

bool is_terminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && !(term && std::string_view(term) == "dumb");
}

std::string epoch_line(const train::EpochRecord& r, std::int64_t epochs, double rows_per_second) {
  const auto width = std::to_string(epochs).size();
  return fmt::format(
      "epoch {:>{}}/{}  loss {:.4f}  accuracy {:5.2f} %  test loss {:.4f}  accuracy {:5.2f} %  "
      "{:.0f} samples/s",
      r.epoch, width, epochs, r.loss, 100 * r.accuracy, r.test_loss, 100 * r.test_accuracy,
      rows_per_second);
}

}  // namespace

std::string duration(double seconds) {
  const auto s = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {} s", s / 60, s % 60);
  return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
}

Progress::Progress(bool json)
    : style_(json            ? Style::json
             : is_terminal() ? Style::bar
                             : Style::lines) {}

Progress::~Progress() { end_line(); }

void Progress::start(const train::Trainer& trainer, std::int64_t rows) {
  started_ = Clock::now();
  last_drawn_ = {};
  rows_ = rows;
  first_step_ = trainer.position().step;
}

void Progress::draw(const train::Trainer& trainer) {
  const train::Position& p = trainer.position();
  const std::int64_t epochs = trainer.settings().epochs;
  const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
  const double steps_per_second =
      static_cast<double>(p.step - first_step_) / std::max(elapsed, 1e-9);
  const double left =
      static_cast<double>(epochs * trainer.batches() - p.step) / std::max(steps_per_second, 1e-9);
  const double rows_per_second =
      steps_per_second * static_cast<double>(rows_) / static_cast<double>(trainer.batches());
  constexpr int cells = 20;
  // Between epochs there are no running numbers: those of the last epoch stay.
  const bool fresh = p.rows > 0 || !has_record_;
  const auto filled =
      fresh ? static_cast<int>(cells * p.batch / std::max<std::int64_t>(1, trainer.batches()))
            : cells;
  std::string bar;
  for (int i = 0; i < cells; ++i) bar += i < filled ? "━" : "─";
  std::string text = fmt::format(
      "epoch {}/{} {} loss {:.4f}  accuracy {:.2f} %", fresh ? p.epoch + 1 : p.epoch, epochs, bar,
      fresh ? p.loss() : last_.loss, 100 * (fresh ? p.accuracy() : last_.accuracy));
  if (has_record_) text += fmt::format("  test {:.2f} %", 100 * last_.test_accuracy);
  text += fmt::format("  {:.0f} samples/s  {} left", rows_per_second, duration(left));
  std::printf("\r%s\x1b[K", text.c_str());
  std::fflush(stdout);
  line_open_ = true;
  last_drawn_ = Clock::now();
}

void Progress::after_step(const train::Trainer& trainer) {
  // The clock is asked once in 16 steps: a step can be as short as a microsecond.
  if (style_ == Style::bar && (trainer.position().step & 15) == 0 &&
      Clock::now() - last_drawn_ >= redraw_every)
    draw(trainer);
}

void Progress::after_epoch(const train::Trainer& trainer, const train::EpochRecord& record) {
  last_ = record;
  has_record_ = true;
  const bool last = record.epoch == trainer.settings().epochs;
  const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
  const double rows_per_second = static_cast<double>(record.step - first_step_) /
                                 static_cast<double>(trainer.batches()) *
                                 static_cast<double>(rows_) / std::max(elapsed, 1e-9);
  if (style_ == Style::json) {
    std::printf("%s\n", train::to_json(record).c_str());
    std::fflush(stdout);
  } else if (style_ == Style::bar) {
    if (last || Clock::now() - last_drawn_ >= redraw_every) draw(trainer);
  } else if (last || Clock::now() - last_drawn_ >= line_every) {
    std::printf("%s\n", epoch_line(record, trainer.settings().epochs, rows_per_second).c_str());
    std::fflush(stdout);
    last_drawn_ = Clock::now();
  }
}

void Progress::end_line() {
  if (!line_open_) return;
  std::printf("\n");
  std::fflush(stdout);
  line_open_ = false;
}

}  // namespace fathom::cli
