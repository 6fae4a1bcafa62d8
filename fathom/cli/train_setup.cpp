#include "fathom/cli/train_setup.h"

#include "fathom/cli/command.h"
#include "fathom/cli/model.h"
#include "fathom/core/error.h"
#include "fathom/data/builtin.h"
#include "fathom/io/file.h"
#include "fathom/io/sha256.h"
#include "fathom/ops/creation.h"

namespace fathom::cli {
namespace {

// Numbers in the vector of a term.
constexpr std::int64_t text_dim = 64;

/// What a run was begun with must be there as it was.
void require_same(const char* what, const std::string& path, const std::string& hash,
                  std::string& kept) {
  if (!kept.empty() && kept != hash)
    throw ValueError({.operation = "resume",
                      .problem = std::string(what) + " not what it was when the run began",
                      .received = {{"file", path}, {"sha256", hash}},
                      .expected = "sha256 " + kept,
                      .hint = "put the file back as it was, or begin another run"});
  kept = hash;
}

/// A network with the settings' weights, for the classes of the pictures.
train::Classifier open_network(train::Settings& s, const std::vector<std::string>& class_names,
                               train::NetworkReport& report) {
  if (!s.weights.empty())
    require_same("the weights are", s.weights, io::sha256_file(train::weights_file(s.weights)),
                 s.weights_sha256);
  seed(s.seed);
  train::NetworkOptions options = network_options(s.model, s.weights);
  options.class_names = class_names;
  options.dropout = s.dropout;
  train::Classifier network = train::load_network(s.model, options, &report);
  if (s.size > 0) {
    network.pictures = network.pictures->with_size(s.size);
    network.sample_shape = {network.sample_shape[0], s.size, s.size};
  }
  return network;
}

}  // namespace

std::optional<data::Texts> recognise_texts(train::Settings& s, bool label_given) {
  if (data::is_builtin(s.data) || !data::is_text_table(s.data) || !io::exists(s.data) ||
      data::is_image_folder(s.data))
    return {};
  const io::CsvTable table = data::load_text_table(s.data);
  std::optional<std::size_t> label;
  if (label_given) label = table.column(s.label);
  if (s.text.empty() && !data::text_column(table, label)) return {};
  s.model = train::text_model;
  if (!label_given) s.label = "";
  return data::texts_of(table, s.text, s.label);
}

RunData open_data(train::Settings& s, std::optional<data::Texts> texts) {
  if (s.model == train::text_model) {
    require_same("the data file is", s.data, io::sha256_file(s.data), s.data_sha256);
    if (!texts) texts = data::load_texts(s.data, s.text, s.label);
    return {{}, {}, data::split(*texts, 0.2, s.seed)};
  }
  if (!train::is_network(s.model)) {
    if (data::is_image_folder(s.data) && !data::is_builtin(s.data))
      throw UsageError("pictures in folders take a network: --model NAME; see: fathom models");
    if (!data::is_builtin(s.data) && io::exists(s.data))
      require_same("the data file is", s.data, io::sha256_file(s.data), s.data_sha256);
    return {data::open(s.data, s.label, s.seed), {}, {}};
  }
  RunData data{{}, data::open_pictures(s.data, s.seed), {}};
  require_same("the pictures are", s.data, data::fingerprint(data.pictures), s.data_sha256);
  return data;
}

train::Trainer make_trainer(train::Settings& s, const RunData& data, train::NetworkReport& report) {
  if (s.model == train::text_model) {
    const data::Texts& texts = data.texts.train;
    seed(s.seed);
    train::Classifier bag =
        train::Classifier::for_texts(train::TextReader::learn(texts), text_dim, texts.class_names);
    train::TrainingData rows = train::TrainingData::of(data.texts, bag);
    return train::Trainer(s, std::move(bag), std::move(rows));
  }
  if (!train::is_network(s.model)) return train::Trainer(s, data.rows);
  train::Classifier network = open_network(s, data.pictures.train.class_names, report);
  train::TrainingData rows = train::TrainingData::of(data.pictures, network, s.augment);
  return train::Trainer(s, std::move(network), std::move(rows));
}

}  // namespace fathom::cli
