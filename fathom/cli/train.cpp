// `fathom train`: trains a model on a data set, and leaves a run folder that can be resumed,
// evaluated and looked at.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "fathom/backend/cpu/pool.h"
#include "fathom/cli/command.h"
#include "fathom/cli/train_setup.h"
#include "fathom/core/storage.h"
#include "fathom/models/create.h"
#include "fathom/train/augmentation.h"
#include "fathom/train/callbacks.h"
#include "fathom/train/pictures.h"
#include "fathom/train/progress.h"
#include "fathom/train/run_folder.h"

namespace fathom::cli::train_command {
namespace {

struct Wanted {
  train::Settings settings;
  bool no_batch_norm = false, no_relu = false;
  int threads = cpu::threads();
  int workers = 0;
  double dropout = 0;
  std::string out, resume;
  bool json = false;
  train::NetworkReport report;  // of a network: where its tensors come from
  double checkpoint_seconds = 10;
  std::int64_t checkpoint_steps = 0;
  // Whether the user gave what would change a run that is resumed, by option.
  std::vector<std::pair<std::string, std::function<bool()>>> fixed;
  struct OfOneKind {
    std::string name;
    bool of_network;
    std::function<bool()> given;
  };
  std::function<bool()> gave_model, gave_label, gave_text;
  std::vector<OfOneKind> of_one_kind;  // options that the other kind of model has no use for
  std::function<bool()> gave_data, gave_epochs, gave_threads, gave_rate, gave_dropout;
};

/// What a fresh run's settings are.
void settle(Wanted& wanted) {
  train::Settings& s = wanted.settings;
  s.batch_norm = !wanted.no_batch_norm;
  s.relu = !wanted.no_relu;
  if (wanted.gave_dropout()) s.dropout = wanted.dropout;
  if (!wanted.gave_rate()) s.learning_rate = train::Optimizer::default_learning_rate(s.optimizer);
  const std::string& model = s.model;
  if (model == train::text_model) {
    for (const auto& [name, of_network, given] : wanted.of_one_kind)
      if (given() && name != "--label") throw UsageError(name + " is not for texts");
    if (wanted.gave_dropout()) throw UsageError("--dropout is not for texts");
    return;
  }
  if (wanted.gave_text()) throw UsageError("--text is for tables with texts");
  const bool is_network = train::is_network(model);
  for (const auto& [name, of_network, given] : wanted.of_one_kind)
    if (given() && of_network != is_network)
      throw UsageError(
          name + (of_network ? " is for networks, not for " : " is for mlp, not for ") + model);
  if (is_network || std::ranges::find(models::names(), model) != models::names().end()) return;
  std::vector<std::string> known = models::list();
  known.insert(known.end(), models::names().begin(), models::names().end());
  const std::string near = nearest(model, known);
  throw UsageError("--model must be mlp, linear or a network (see: fathom models), got '" + model +
                   "'" + (near.empty() ? "" : "; did you mean " + near + "?"));
}

/// The folder of the run to go on with, whose settings become the wanted ones.
train::RunFolder reopen_folder(Wanted& wanted) {
  if (wanted.gave_data()) throw UsageError("DATA is settled by the run that --resume names");
  for (const auto& [name, given] : wanted.fixed)
    if (given()) throw UsageError(name + " is settled by the run that --resume names");
  train::RunFolder folder = train::RunFolder::open(wanted.resume);
  const std::int64_t epochs = wanted.settings.epochs;
  wanted.settings = folder.settings();
  if (wanted.gave_epochs() && epochs != wanted.settings.epochs) {
    wanted.settings.epochs = epochs;
    folder.save_settings(wanted.settings);
  }
  return folder;
}

/// "mlp 64-100-10" or "resnet18 at 224 x 224".
std::string text_of(const train::Classifier& c) {
  if (c.pictures) return fmt::format("{0} at {1} x {1}", c.model, c.pictures->crop_size);
  if (c.texts)
    return fmt::format("{} of {} words and pairs of words", c.model, c.text_config.terms - 1);
  std::string text = c.model + " " + std::to_string(c.config.in_features);
  for (const std::int64_t width : c.config.hidden) text += "-" + std::to_string(width);
  return text + "-" + std::to_string(c.config.classes);
}

std::int64_t frozen_parameters(const nn::Layer& net) {
  std::int64_t frozen = nn::parameter_count(net);
  for (const nn::NamedTensor& t : nn::named_tensors(net))
    if (t.trainable) frozen -= t.tensor.size();
  return frozen;
}

void introduce(const Wanted& wanted, const RunData& data, const train::Trainer& trainer) {
  const train::Classifier& c = trainer.classifier();
  const auto rows = [&](const data::Dataset& table, const data::Pictures& pictures,
                        const data::Texts& texts) {
    return c.texts ? texts.size() : c.pictures ? pictures.size() : table.size();
  };
  const std::int64_t parameters = nn::parameter_count(c.net), frozen = frozen_parameters(c.net);
  fmt::print("{}: {} rows to train on, {} to test; {}, {} parameters; {} thread{}\n",
             wanted.settings.data, rows(data.rows.train, data.pictures.train, data.texts.train),
             rows(data.rows.test, data.pictures.test, data.texts.test), text_of(c), parameters,
             cpu::threads(), cpu::threads() == 1 ? "" : "s");
  if (c.pictures) fmt::print("{}", train::to_string(wanted.report));
  if (frozen > 0)
    fmt::print(
        "frozen: {} of the parameters; batch norm there normalises by its running "
        "statistics, as in Keras\n",
        frozen);
  std::fflush(stdout);
}

/// What the run folder and the user see of the run on its way.
struct Watch {
  const train::RunFolder& folder;
  bool json;
  std::int64_t wanted_epochs;
  std::int64_t epochs = 0, steps = 0;  // that are behind the model: more than --epochs, maybe
  double seconds = 0;

  void begin(train::Run& run) const {
    folder.rewrite_log(run.history());
    if (run.step() > 0 && !json)
      fmt::print("resumed {} after step {} ({})\n", folder.path(), run.step(),
                 run.epoch() < wanted_epochs
                     ? fmt::format("epoch {}", run.epoch() + 1)
                     : fmt::format("all {} epochs are behind it: --epochs counts from the start",
                                   wanted_epochs));
    std::fflush(stdout);
  }
  void after_epoch(train::Run& run) const { folder.append_log(run.history().epochs.back()); }
  void end(train::Run& run) {
    epochs = run.epoch();
    steps = run.step();
    seconds = run.seconds();
  }
};

void report(const train::Trainer& trainer, const train::Evaluation& test, const Watch& watch) {
  const std::string hash = train::fingerprint(trainer.net());
  const std::string& dir = watch.folder.path();
  if (watch.json) {
    const nlohmann::ordered_json line = {
        {"accuracy", test.accuracy()},
        {"loss", test.loss},
        {"correct", test.correct},
        {"tested", test.rows()},
        {"seconds", watch.seconds},
        {"epochs", watch.epochs},
        {"steps", watch.steps},
        {"model_sha256", hash},
        {"frozen_parameters", frozen_parameters(trainer.net())},
        {"plan_misses_after_warmup", trainer.plan_misses_after_warmup()},
        {"peak_bytes", peak_bytes()},
        {"estimated_bytes", trainer.estimated_bytes()},
        {"out", dir}};
    std::printf("%s\n", line.dump().c_str());
    return;
  }
  fmt::print("\n{} of {} test rows right: {:.2f} %, loss {:.4f}; {} epochs, {} steps, {:.2f} s\n",
             test.correct, test.rows(), 100 * test.accuracy(), test.loss, watch.epochs, watch.steps,
             watch.seconds);
  fmt::print("model     {}/model   sha256 {}\n", dir, hash);
  fmt::print("pictures  {0}/loss.png  {0}/confusion.png", dir);
  const train::Classifier& c = trainer.classifier();
  if (c.reads_images()) fmt::print("  {}/mistakes.png", dir);
  if (c.pictures) fmt::print("  {}/samples.png", dir);
  fmt::print("\n\nNext:\n");
  const std::string fathom = invoked_as();
  fmt::print("  {} eval {}\n", fathom, dir);
  fmt::print("  {} predict {} {}\n", fathom, dir,
             c.reads_images() ? "PICTURE.png"
             : c.texts        ? "\"a text\""
                              : "ROWS.csv");
  fmt::print("  {} inspect {}/model/model.safetensors\n", fathom, dir);
  fmt::print("  {} plan {}\n", fathom, dir);
  fmt::print("  {} train --resume {} --epochs {}\n", fathom, dir,
             2 * std::max<std::int64_t>(watch.epochs, 1));
}

void draw(const train::RunFolder& folder, const train::Trainer& trainer, const RunData& data,
          const train::History& history, const train::Evaluation& test) {
  const train::Classifier& c = trainer.classifier();
  train::draw_curves(folder.file("loss.png"), history, "test_");
  train::draw_confusion(folder.file("confusion.png"), test, c.class_names);
  const std::string mistakes = folder.file("mistakes.png");
  if (c.pictures)
    train::draw_mistakes(mistakes, test, data.pictures.test,
                         [&](const Tensor& picture) { return c.pictures->view(picture); });
  else if (c.reads_images())
    train::draw_mistakes(mistakes, test, data::pictures_of(data.rows.test));
}

int run(Wanted& wanted) {
  if (wanted.gave_threads()) cpu::set_threads(wanted.threads);
  std::optional<train::RunFolder> opened;
  std::optional<data::Texts> texts;
  if (wanted.resume.empty()) {
    if (!wanted.gave_model() || wanted.settings.model == train::text_model)
      texts = recognise_texts(wanted.settings, wanted.gave_label());
    settle(wanted);
  } else {
    opened.emplace(reopen_folder(wanted));
  }
  const RunData data = open_data(wanted.settings, std::move(texts));
  train::Trainer trainer = make_trainer(wanted.settings, data, wanted.report);
  // A run folder is not made for a name that is mistyped.
  if (!opened) opened.emplace(train::RunFolder::create(wanted.out, wanted.settings));
  const train::RunFolder& folder = *opened;
  const train::Classifier& c = trainer.classifier();
  if (c.pictures)
    train::draw_samples(folder.file("samples.png"), data.pictures.train,
                        train::augmentation(wanted.settings.augment, *c.pictures),
                        wanted.settings.seed);

  const bool json = wanted.json;
  if (!json) introduce(wanted, data, trainer);
  Watch watch{.folder = folder, .json = json, .wanted_epochs = wanted.settings.epochs};
  const train::InterruptScope interrupts;
  const train::History history = trainer.run(
      {.checkpoint = {.path = folder.checkpoint(),
                      .every_seconds = wanted.checkpoint_seconds,
                      .every_steps = wanted.checkpoint_steps,
                      .resume = true},
       .workers = wanted.workers,
       .stop = interrupts.flag(),
       .callbacks = {std::ref(watch),
                     train::Progress(json ? train::Verbose::json : train::Verbose::automatic)}});
  if (!history.stopped.empty()) {
    std::fflush(stdout);
    fmt::print(stderr,
               "stopped after step {}; nothing is lost. Go on with:\n  {} train --resume {}\n",
               watch.steps, invoked_as(), folder.path());
    return 128 + interrupts.signal();
  }

  const train::Evaluation test = trainer.evaluate(wanted.workers);
  std::filesystem::create_directories(folder.file("model"));
  train::save_model(folder.file("model"), c);
  draw(folder, trainer, data, history, test);
  report(trainer, test, watch);
  return 0;
}

Action train(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  train::Settings& s = wanted->settings;
  const auto fixed = [&](const char* name) {
    wanted->fixed.emplace_back(name, options.given(name));
  };
  options.input(
      "DATA", s.data,
      "digits, iris, mnist, fashion_mnist, cifar10, cifar100, a table of numbers or texts "
      "(.csv, .tsv, .jsonl), or for a network a folder or .tar with a folder of pictures for each "
      "class");
  options.option("--label", s.label,
                 "label column of a CSV file, by name or number; -1 is the last");
  options.option("--text", s.text,
                 "column of a table that holds texts; by default the one with the most words");
  options.option("--model", s.model,
                 "mlp, linear, or a network (see: fathom models); for texts text_bag");
  options.option("--weights", s.weights, "what a network begins with: a file, or a run's folder");
  options.option("--freeze", s.freeze,
                 "what is not trained: parameters or modules by name, * for a part of one, ** for "
                 "any text; may be given again");
  options.option("--size", s.size, "of the pictures' sides; 0: as the weights take them",
                 {0, 1 << 14});
  options.option("--augment", s.augment, "how pictures are varied in training",
                 train::augmentation_names());
  options.option("--hidden", s.hidden, "widths of the hidden layers", {1, 1 << 20});
  options.flag("--no-batch-norm", wanted->no_batch_norm, "leave out batch norm");
  options.flag("--no-relu", wanted->no_relu, "leave out the activation");
  options.option("--dropout", wanted->dropout, "share of activations dropped", {0, 0.99});
  options.option("--epochs", s.epochs,
                 "passes over the data; by default enough for 2000 steps, 20 to 200, or 10 of a "
                 "network",
                 {1, 1e9});
  options.option("--batch", s.batch_size, "rows in a step", {1, 1e9});
  options.option("--optimizer", s.optimizer, "how to step", train::Optimizer::names());
  options.option("--lr", s.learning_rate,
                 "learning rate; this is adam's, other optimizers have their own", {0, 1e6});
  options.option("--weight-decay", s.weight_decay, "weight decay", {0, 1e6});
  options.option("--schedule", s.schedule, "how the learning rate goes on over the run",
                 train::schedule_names());
  options.option("--warmup", s.warm_up, "steps in which the learning rate rises from 0", {0, 1e9});
  options.option("--seed", s.seed, "decides initial values, order and dropout");
  options.option("--threads", wanted->threads, "threads to compute with", {1, 256});
  options.option("--workers", wanted->workers, "threads that gather batches ahead", {0, 256});
  options.option("--out", wanted->out, "the run's folder; by default a new one below runs/");
  options.option("--resume", wanted->resume, "go on with the run in this folder");
  options.option("--checkpoint-seconds", wanted->checkpoint_seconds,
                 "most time between checkpoints", {0, 1e9});
  options.option("--checkpoint-steps", wanted->checkpoint_steps,
                 "most steps between checkpoints; 0: any", {0, 1e9});
  options.flag("--json", wanted->json, "print JSON lines: one an epoch, then the result");
  options.example("fathom train");
  options.example("fathom train mnist --epochs 20 --batch 100");
  options.example("fathom train flowers.csv --label species --hidden 32,16");
  options.example("fathom train reviews.csv");
  options.example("fathom train photos --model resnet18 --weights resnet18.pth --freeze 'layer*'");
  for (const char* name : {"--hidden", "--no-batch-norm", "--no-relu", "--label"})
    wanted->of_one_kind.push_back({name, false, options.given(name)});
  for (const char* name : {"--weights", "--freeze", "--size", "--augment"})
    wanted->of_one_kind.push_back({name, true, options.given(name)});
  for (const char* name :
       {"--label", "--text", "--model", "--hidden", "--no-batch-norm", "--no-relu", "--dropout",
        "--batch", "--optimizer", "--lr", "--weight-decay", "--schedule", "--warmup", "--seed",
        "--out", "--weights", "--freeze", "--size", "--augment"})
    fixed(name);
  wanted->gave_data = options.given("DATA");
  wanted->gave_model = options.given("--model");
  wanted->gave_label = options.given("--label");
  wanted->gave_text = options.given("--text");
  wanted->gave_epochs = options.given("--epochs");
  wanted->gave_threads = options.given("--threads");
  wanted->gave_rate = options.given("--lr");
  wanted->gave_dropout = options.given("--dropout");
  return [wanted] { return run(*wanted); };
}
const Command command(10, "train", "Train a model on a data set", train);

}  // namespace
}  // namespace fathom::cli::train_command
