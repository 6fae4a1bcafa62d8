// What a training run shows while it goes on: one line that is redrawn on a terminal, plain lines
// elsewhere, JSON lines if asked for.
#pragma once
#include <chrono>
#include <string>

#include "fathom/train/trainer.h"

namespace fathom::cli {

class Progress {
 public:
  enum class Style { bar, lines, json };
  /// A bar if standard output is a terminal.
  explicit Progress(bool json);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void start(const train::Trainer& trainer, std::int64_t rows);
  void after_step(const train::Trainer& trainer);
  void after_epoch(const train::Trainer& trainer, const train::EpochRecord& record);
  /// Ends the line that is redrawn, so that other text can follow.
  void end_line();

 private:
  void draw(const train::Trainer& trainer);

  using Clock = std::chrono::steady_clock;
  Style style_;
  Clock::time_point started_, last_drawn_;
  std::int64_t rows_ = 0;        // in an epoch
  std::int64_t first_step_ = 0;  // of this process
  bool line_open_ = false;
  train::EpochRecord last_;
  bool has_record_ = false;
};

/// "42 s", "3 min 20 s", "2 h 5 min".
std::string duration(double seconds);

}  // namespace fathom::cli
