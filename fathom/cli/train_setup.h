// What `fathom train` begins with, by its settings: the data as the model takes them, and the
// model.
#pragma once
#include <optional>

#include "fathom/data/pictures.h"
#include "fathom/data/texts.h"
#include "fathom/train/network.h"
#include "fathom/train/trainer.h"

namespace fathom::cli {

/// The data of a run: rows for a perceptron, pictures or texts for a network.
struct RunData {
  data::Split rows;
  data::PictureParts pictures;
  data::TextSplit texts;
};

/// The texts of a table that has a column of them; the settings then have the network for texts.
/// Nothing for any other data. Errors: those of data::load_texts.
std::optional<data::Texts> recognise_texts(train::Settings& settings, bool label_given);

/// Opens the data of the settings and notes what they hold, or refuses what has changed since.
/// Errors: UsageError for pictures without a network; ValueError for other data than the run began
/// with; those of data::open and data::open_pictures.
/// `texts`: those that recognise_texts has read.
RunData open_data(train::Settings& settings, std::optional<data::Texts> texts = {});

/// The settings' model before its first step, with what `report` says of foreign weights. Errors:
/// ValueError for other weights than the run began with; those of train::load_network and Trainer.
train::Trainer make_trainer(train::Settings& settings, const RunData& data,
                            train::NetworkReport& report);

}  // namespace fathom::cli
