// Checkpoints: everything that a run needs to go on as if it had never stopped, in one safetensors
// file.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fathom/nn/sequential.h"
#include "fathom/train/optimizer.h"

namespace fathom::train {

/// One finished epoch: a line of log.jsonl.
struct EpochRecord {
  std::int64_t epoch = 0;                   ///< counted from 1
  std::int64_t step = 0;                    ///< steps taken since the start of the run
  double loss = 0, accuracy = 0;            ///< over the epoch, as the model was at each step
  double test_loss = 0, test_accuracy = 0;  ///< at the end of the epoch
  double seconds = 0;                       ///< of training since the start of the run
};

/// One line of JSON, without the line's end.
std::string to_json(const EpochRecord& record);

/// Where a run stands.
struct Position {
  std::int64_t epoch = 0;  ///< finished epochs
  std::int64_t batch = 0;  ///< batches done of the one that runs
  std::int64_t step = 0;   ///< steps since the start; also the count of the random generator
  double seconds = 0;
  // Of the epoch that runs:
  double loss_sum = 0;
  std::int64_t correct = 0, rows = 0;
  std::vector<EpochRecord> history;

  double loss() const { return rows == 0 ? 0 : loss_sum / static_cast<double>(rows); }
  double accuracy() const {
    return rows == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(rows);
  }
  /// The finished epoch with the best test accuracy, the first of equals; nullptr before the first.
  const EpochRecord* best() const;
};

/// Writes model, optimizer and position, atomically: a reader finds the old checkpoint or the new
/// one. Errors: IoError; NumericError if a tensor holds NaN or infinity (the old checkpoint then
/// stays).
void save_checkpoint(const std::string& path, const Position& position, const nn::Layer& net,
                     Optimizer& optimizer);

/// Puts a checkpoint's tensors into `net` and `optimizer`, which must be of the same kind.
/// Errors: IoError, FormatError.
Position load_checkpoint(const std::string& path, nn::Layer& net, Optimizer& optimizer);

}  // namespace fathom::train
