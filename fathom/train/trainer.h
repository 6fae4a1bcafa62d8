// The run of `fathom train`: fit's loop, steps and checkpoints on the data of the settings.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "fathom/data/pictures.h"
#include "fathom/train/by_name.h"
#include "fathom/train/evaluation.h"
#include "fathom/train/model_folder.h"
#include "fathom/train/run.h"
#include "fathom/train/settings.h"

namespace fathom::train {

/// How a run is carried out: nothing here changes its result.
struct RunOptions {
  Checkpoint checkpoint{};
  int workers = 0;                          ///< loader threads
  const std::atomic<bool>* stop = nullptr;  ///< set: ends the run after the step at hand
  std::vector<Callback> callbacks{};
};

/// What a run learns from and is tested on.
struct TrainingData {
  data::Source<data::Batch> train, test;
  std::int64_t test_batch = evaluation_batch;  ///< rows that are tested at once
  std::size_t bytes = 0;                       ///< of memory that they take

  /// Rows in memory. Errors: those of data::check.
  static TrainingData of(const data::Split& parts);
  /// Pictures as the network of a classifier takes them, varied in training by augmentation().
  /// Errors: ValueError for classes that the classifier does not know, and for the augmentation.
  static TrainingData of(const data::PictureParts& parts, const Classifier& classifier,
                         const std::string& augment);
  /// Texts as the network of a classifier takes them. Errors: ValueError for classes that the
  /// classifier does not know; FormatError for a text that is not UTF-8.
  static TrainingData of(const data::TextSplit& parts, const Classifier& classifier);
};

/// One run. The bits of its model are decided by settings and data alone, however often it is
/// stopped and resumed.
class Trainer {
 public:
  /// Draws fresh parameters from the settings' seed.
  /// Errors: ValueError for settings that make no sense.
  Trainer(const Settings& settings, const data::Split& parts);
  /// Begins with this classifier, and freezes what the settings say. Errors: ValueError for a
  /// pattern that meets no name, and where nothing is left to train.
  Trainer(const Settings& settings, Classifier start, TrainingData data);

  /// Trains until the settings' last epoch is done or `stop` is set; a checkpoint then stands for
  /// this very position. Records have loss, accuracy, test_loss and test_accuracy. Errors:
  /// NumericError, naming step and batch, when the loss is no longer finite (the last good
  /// checkpoint stays); IoError; FormatError for a checkpoint of another run.
  History run(const RunOptions& options = {});

  const Settings& settings() const { return settings_; }
  std::int64_t batches() const { return batches_; }
  const nn::Layer& net() const { return classifier_.net; }
  const Classifier& classifier() const { return classifier_; }
  Evaluation evaluate(int workers = 0) const;

  /// Plans compiled by this process after the warm-up, which is: the first two steps, and the first
  /// batch of each other size, in training and in testing each.
  std::uint64_t plan_misses_after_warmup() const { return misses_ - warmup_misses_; }
  /// What the plans say the run needs at its peak: the data, and the larger of a step and a test
  /// batch with the optimizer's state beside it.
  std::size_t estimated_bytes() const;

 private:
  class Watch;
  std::size_t state_bytes() const;

  Settings settings_;
  Classifier classifier_;
  TrainingData data_;
  mutable Optimizer optimizer_;
  optim::Schedule schedule_;
  std::int64_t batches_ = 0;

  std::uint64_t misses_ = 0, warmup_misses_ = 0;
  std::vector<std::int64_t> sizes_seen_;
  std::int64_t steps_taken_ = 0;  // by this process
  bool tested_ = false;
  std::size_t gradient_plan_bytes_ = 0, update_plan_bytes_ = 0, test_plan_bytes_ = 0;
};

}  // namespace fathom::train
