// What `fathom train` begins with, by its settings: the data as the model takes them, and the
// model.
#pragma once
#include "fathom/data/pictures.h"
#include "fathom/train/network.h"
#include "fathom/train/trainer.h"

namespace fathom::cli {

/// The data of a run: rows for a perceptron, or pictures for a network.
struct RunData {
  data::Split rows;
  data::PictureParts pictures;
};

/// Opens the data of the settings and notes what they hold, or refuses what has changed since.
/// Errors: UsageError for pictures without a network; ValueError for other data than the run began
/// with; those of data::open and data::open_pictures.
RunData open_data(train::Settings& settings);

/// The settings' model before its first step, with what `report` says of foreign weights. Errors:
/// ValueError for other weights than the run began with; those of train::load_network and Trainer.
train::Trainer make_trainer(train::Settings& settings, const RunData& data,
                            train::NetworkReport& report);

}  // namespace fathom::cli
