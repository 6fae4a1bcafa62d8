// Networks for pictures by name, with foreign weights and with classes of one's own.
//
//   train::NetworkReport report;
//   train::Classifier cats = train::load_network(
//       "resnet18", {.weights = "resnet18-f37072fd.pth", .class_names = {"cat", "dog"}}, &report);
#pragma once
#include <string>
#include <vector>

#include "fathom/io/weights.h"
#include "fathom/train/model_folder.h"
#include "fathom/vision/classification.h"

namespace fathom::train {

/// Weights of a program that keeps them in another way, as the network takes them.
struct ForeignWeights {
  io::TensorFile file;                        ///< under the network's names, in its layouts
  vision::ImageClassification preprocessing;  ///< that they were trained with
};

/// What a network by name is given.
struct NetworkOptions {
  /// A file of any format that io::load_tensors reads, or a folder of a run or model of the same
  /// network; empty: parameters are drawn from this thread's generator.
  std::string weights = {};
  /// What is in the file of `weights`, for one that io::load_tensors does not read: keras'.
  std::optional<ForeignWeights> foreign = {};
  /// Of the classes to tell apart; empty: those of the weights.
  std::vector<std::string> class_names = {};
  std::optional<double> dropout = {};  ///< none: as published
};

/// Where a network's tensors come from.
struct NetworkReport {
  io::LoadReport loaded;            ///< without weights empty
  std::vector<std::string> fresh;   ///< drawn anew: all of them, or the head for other classes
  std::int64_t weight_classes = 0;  ///< that the weights tell apart
  bool guessed = false;             ///< whether the preprocessing is: nothing is known of the file
};
/// What is to be known of the weights' file, a line each; what is said of many tensors is counted.
std::vector<std::string> notes_of(const NetworkReport& report);
/// The report as a paragraph for people.
std::string to_string(const NetworkReport& report);

/// A network that models::create knows as a classifier, with the preprocessing and the class names
/// that travel with its weights (models/published.h): a folder's own, else those of the file's
/// content or the network's name. Where the classes are others than those of the weights, the
/// layers whose shape depends on their number are drawn anew.
///
/// Errors  ValueError for a name that models::list() has not; IoError; FormatError that lists every
///         tensor that is missing, unexpected or of another shape, and for a folder of another
///         network
Classifier load_network(const std::string& name, const NetworkOptions& options = {},
                        NetworkReport* report = nullptr, Where where = Where::current());

/// The file that `weights` of NetworkOptions stands for.
std::string weights_file(const std::string& weights);
/// Whether models::create knows the name.
bool is_network(std::string_view name);

}  // namespace fathom::train
