// How far a run is: a bar on a terminal, else a line an epoch.
#pragma once
#include <cstdint>

#include "fathom/train/run.h"

namespace fathom::train {

/// What is shown of a run.
enum class Verbose : std::uint8_t {
  automatic,  ///< a bar on a terminal, lines elsewhere
  silent,
  bar,    ///< one line that is drawn again, with the time left; nothing on no terminal
  lines,  ///< one an epoch, at most one a second
  json    ///< one JSON object an epoch
};

/// A callback that prints to the standard output.
class Progress {
 public:
  explicit Progress(Verbose verbose = Verbose::automatic);
  bool shows() const { return style_ != Verbose::silent; }
  void begin(Run& run);
  void after_step(Run& run);
  void after_epoch(Run& run);
  void end(Run& run);

 private:
  void draw(const Run& run);
  double seconds(const Run& run) const;
  double rows_per_second(const Run& run) const;

  Verbose style_;
  // Where the run stood when it began or was resumed.
  std::int64_t first_step_ = 0, first_row_ = 0;
  double first_second_ = 0;
  double last_drawn_ = 0;
  bool line_open_ = false;
};

/// "1 h 5 min", "2 min 3 s", "7 s".
std::string duration(double seconds);
/// "loss 0.1234  accuracy 97.10 %  val loss 0.2345": shares as percent.
std::string to_string(const Values& values);

}  // namespace fathom::train
