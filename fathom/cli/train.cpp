// `fathom train`: trains a model on a data set, and leaves a run folder that can be resumed,
// evaluated and looked at.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "fathom/backend/cpu/pool.h"
#include "fathom/cli/command.h"
#include "fathom/core/error.h"
#include "fathom/core/storage.h"
#include "fathom/data/builtin.h"
#include "fathom/io/file.h"
#include "fathom/io/sha256.h"
#include "fathom/models/create.h"
#include "fathom/train/callbacks.h"
#include "fathom/train/pictures.h"
#include "fathom/train/progress.h"
#include "fathom/train/run_folder.h"
#include "fathom/train/trainer.h"

namespace fathom::cli::train_command {
namespace {

struct Wanted {
  train::Settings settings;
  bool no_batch_norm = false, no_relu = false;
  int threads = cpu::threads();
  int workers = 0;
  std::string out, resume;
  bool json = false;
  double checkpoint_seconds = 10;
  std::int64_t checkpoint_steps = 0;
  // Whether the user gave what would change a run that is resumed, by option.
  std::vector<std::pair<std::string, std::function<bool()>>> fixed;
  std::function<bool()> gave_data, gave_epochs, gave_threads, gave_rate;
};

train::RunFolder open_folder(Wanted& wanted) {
  if (wanted.resume.empty()) {
    train::Settings& s = wanted.settings;
    s.batch_norm = !wanted.no_batch_norm;
    s.relu = !wanted.no_relu;
    if (!wanted.gave_rate()) s.learning_rate = train::Optimizer::default_learning_rate(s.optimizer);
    return train::RunFolder::create(wanted.out, s);
  }
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

data::Split open_data(Wanted& wanted) {
  train::Settings& s = wanted.settings;
  if (!data::is_builtin(s.data) && io::exists(s.data)) {
    const std::string hash = io::sha256_file(s.data);
    if (!s.data_sha256.empty() && s.data_sha256 != hash)
      throw ValueError({.operation = "resume",
                        .problem = "the data file is not what it was when the run began",
                        .received = {{"file", s.data}, {"sha256", hash}},
                        .expected = "sha256 " + s.data_sha256,
                        .hint = "put the file back as it was, or begin another run"});
    s.data_sha256 = hash;
  }
  return data::open(s.data, s.label, s.seed);
}

std::string layers(const models::MlpConfig& config) {
  std::string text = std::to_string(config.in_features);
  for (const std::int64_t width : config.hidden) text += "-" + std::to_string(width);
  return text + "-" + std::to_string(config.classes);
}

/// What the run folder and the user see of the run on its way.
struct Watch {
  const train::RunFolder& folder;
  bool json;
  std::int64_t epochs = 0, steps = 0;  // that are behind the model: more than --epochs, maybe
  double seconds = 0;

  void begin(train::Run& run) const {
    folder.rewrite_log(run.history());
    if (run.step() > 0 && !json)
      fmt::print("resumed {} after step {} (epoch {})\n", folder.path(), run.step(),
                 run.epoch() + 1);
    std::fflush(stdout);
  }
  void after_epoch(train::Run& run) const { folder.append_log(run.history().epochs.back()); }
  void end(train::Run& run) {
    epochs = run.epoch();
    steps = run.step();
    seconds = run.seconds();
  }
};

void report(const train::Trainer& trainer, const train::Evaluation& test, const Watch& watch,
            const data::Dataset& data) {
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
  if (data.is_image()) fmt::print("  {}/mistakes.png", dir);
  fmt::print("\n\nNext:\n");
  const std::string fathom = invoked_as();
  fmt::print("  {} eval {}\n", fathom, dir);
  fmt::print("  {} predict {} {}\n", fathom, dir, data.is_image() ? "PICTURE.png" : "ROWS.csv");
  fmt::print("  {} inspect {}/model/model.safetensors\n", fathom, dir);
  fmt::print("  {} plan {}\n", fathom, dir);
  fmt::print("  {} train --resume {} --epochs {}\n", fathom, dir,
             2 * std::max<std::int64_t>(watch.epochs, 1));
}

int run(Wanted& wanted) {
  if (wanted.gave_threads()) cpu::set_threads(wanted.threads);
  if (!wanted.resume.empty()) wanted.settings.data.clear();
  // Data first: a run folder is not made for a name that is mistyped.
  data::Split parts;
  if (wanted.resume.empty()) parts = open_data(wanted);
  train::RunFolder folder = open_folder(wanted);
  if (!wanted.resume.empty()) parts = open_data(wanted);
  train::Trainer trainer(wanted.settings, parts);

  const bool json = wanted.json;
  if (!json) {
    const train::Classifier c = trainer.classifier();
    fmt::print("{}: {} rows to train on, {} to test; {} {}, {} parameters; {} thread{}\n",
               wanted.settings.data, parts.train.size(), parts.test.size(), c.model,
               layers(c.config), nn::parameter_count(trainer.net()), cpu::threads(),
               cpu::threads() == 1 ? "" : "s");
    std::fflush(stdout);
  }
  Watch watch{.folder = folder, .json = json};
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

  const train::Evaluation test = train::evaluate_classifier(trainer.net(), parts.test);
  std::filesystem::create_directories(folder.file("model"));
  train::save_model(folder.file("model"), trainer.classifier());
  train::draw_curves(folder.file("loss.png"), history, "test_");
  train::draw_confusion(folder.file("confusion.png"), test, parts.test.class_names);
  if (parts.test.is_image()) train::draw_mistakes(folder.file("mistakes.png"), test, parts.test);
  report(trainer, test, watch, parts.test);
  return 0;
}

Action train(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  train::Settings& s = wanted->settings;
  const auto fixed = [&](const char* name) {
    wanted->fixed.emplace_back(name, options.given(name));
  };
  options.input("DATA", s.data,
                "digits, iris, mnist, fashion_mnist, cifar10, cifar100, or a CSV file");
  options.option("--label", s.label,
                 "label column of a CSV file, by name or number; -1 is the last");
  options.option("--model", s.model, "what to train", models::names());
  options.option("--hidden", s.hidden, "widths of the hidden layers", {1, 1 << 20});
  options.flag("--no-batch-norm", wanted->no_batch_norm, "leave out batch norm");
  options.flag("--no-relu", wanted->no_relu, "leave out the activation");
  options.option("--dropout", s.dropout, "share of activations dropped", {0, 0.99});
  options.option("--epochs", s.epochs,
                 "passes over the data; by default enough for 2000 steps, 20 to 200", {1, 1e9});
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
  for (const char* name :
       {"--label", "--model", "--hidden", "--no-batch-norm", "--no-relu", "--dropout", "--batch",
        "--optimizer", "--lr", "--weight-decay", "--schedule", "--warmup", "--seed", "--out"})
    fixed(name);
  wanted->gave_data = options.given("DATA");
  wanted->gave_epochs = options.given("--epochs");
  wanted->gave_threads = options.given("--threads");
  wanted->gave_rate = options.given("--lr");
  return [wanted] { return run(*wanted); };
}
const Command command(10, "train", "Train a model on a data set", train);

}  // namespace
}  // namespace fathom::cli::train_command
