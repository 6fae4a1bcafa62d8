// Callbacks: each with a run that is made to show what it does.
#include "fathom/train/callbacks.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "fathom/fathom.h"
#include "fathom/io/csv.h"
#include "fathom/io/file.h"
#include "fathom/io/safetensors.h"
#include "fathom/train/trials.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;
using test::TemporaryFolder;
using train::Run;

namespace {

/// Plays back the losses of a validation; the model is the number of the epoch.
class Played final : public train::Task {
 public:
  explicit Played(std::vector<double> losses) : losses_(std::move(losses)) {}
  std::int64_t batches() const override { return 2; }
  void begin_epoch(std::int64_t epoch, std::int64_t) override {
    model = epoch + 1;
    left_ = 2;
  }
  bool has_batch() override { return left_ > 0; }
  train::StepResult step(std::int64_t step) override {
    --left_;
    rates.push_back(rate);
    if (step == nan_at) throw NumericError({.operation = "train", .problem = "the loss is NaN"});
    return {.loss = 1.0 / static_cast<double>(step + 1), .rows = 4};
  }
  train::Values validate() override {
    return {{"loss", losses_[static_cast<std::size_t>(model - 1)]}};
  }
  double learning_rate() const override { return rate; }
  void set_learning_rate(double r) override { rate = r; }
  std::shared_ptr<const void> snapshot() const override {
    return std::make_shared<std::int64_t>(model);
  }
  void restore(const std::shared_ptr<const void>& m) override {
    model = *std::static_pointer_cast<const std::int64_t>(m);
  }
  void save(const std::string& path) const override {
    io::write_atomically(path, std::to_string(model));
  }
  void archive(train::Archive& a) override {
    a("model", model);
    a("rate", rate);
  }
  void archive(train::Archive& a, std::string_view name, std::shared_ptr<const void>& m) override {
    std::int64_t number = m ? *std::static_pointer_cast<const std::int64_t>(m) : -1;
    a(name, number);
    m = number < 0 ? nullptr : std::make_shared<std::int64_t>(number);
  }

  std::int64_t model = 0, nan_at = -1;
  double rate = 1;
  std::vector<double> rates;

 private:
  std::vector<double> losses_;
  std::int64_t left_ = 0;
};

train::History play(Played& task, std::vector<train::Callback> callbacks) {
  return train::run(task, {.epochs = 6, .callbacks = std::move(callbacks)});
}
const std::vector<double> falls_then_rises{5, 3, 2, 4, 2.5, 6};

}  // namespace

TEST_CASE("early stopping: patience, the best model, a least gain, a baseline") {
  Played task(falls_then_rises);
  const train::History h = play(task, {train::EarlyStopping{.patience = 2}});
  CHECK(h.epochs.size() == 5);
  CHECK(h.stopped == "no better val_loss in 2 epochs");
  CHECK(task.model == 5);
  Played restored(falls_then_rises);
  play(restored, {train::EarlyStopping{.patience = 2, .restore_best = true}});
  CHECK(restored.model == 3);
  Played strict(falls_then_rises);
  CHECK(play(strict, {train::EarlyStopping{.patience = 1, .min_delta = 1.5}}).epochs.size() == 3);
  Played hopeless(falls_then_rises);
  // Better than before, but never than the baseline: the run ends at the first epoch that is not.
  CHECK(play(hopeless, {train::EarlyStopping{.patience = 2, .baseline = 1}}).epochs.size() == 4);
  Played late(falls_then_rises);
  CHECK(play(late, {train::EarlyStopping{.start_from_epoch = 4}}).epochs.size() == 6);
  Played larger(falls_then_rises);
  CHECK(play(larger, {train::EarlyStopping{.goal = train::Goal::larger}}).epochs.size() == 2);
  Played unknown(falls_then_rises);
  CHECK(error_text<ValueError>([&] {
          play(unknown, {train::EarlyStopping{.monitor = "val_f1"}});
        }).find("one of loss, val_loss") != std::string::npos);
}

TEST_CASE("checkpoints: of the best epoch, of every few, of the end") {
  const TemporaryFolder folder;
  Played task(falls_then_rises);
  play(task, {train::BestCheckpoint{.path = folder / "best"},
              train::ModelCheckpoint{.path = folder / "at-{epoch}", .every = 4}});
  CHECK(io::read_text(folder / "best") == "3");
  CHECK(io::read_text(folder / "at-4") == "4");
  CHECK(io::read_text(folder / "at-6") == "6");
  CHECK(!std::filesystem::exists(folder / "at-5"));
}

TEST_CASE("logs: CSV, JSON lines, curves") {
  const TemporaryFolder folder;
  Played task(falls_then_rises);
  const train::History h =
      play(task, {train::CsvLog{folder / "log.csv"}, train::JsonLog{folder / "log.jsonl"},
                  train::CurvePlot{folder / "curves.svg"}});
  const io::CsvTable table = io::load_csv(folder / "log.csv");
  CHECK(table.header == std::vector<std::string>{"epoch", "step", "seconds", "loss", "val_loss"});
  REQUIRE(table.rows.size() == 6);
  CHECK(table.rows[2].fields[4] == "2");
  std::istringstream lines(io::read_text(folder / "log.jsonl"));
  std::string line;
  for (std::int64_t epoch = 1; std::getline(lines, line); ++epoch) {
    const auto json = nlohmann::json::parse(line);
    CHECK(json["epoch"] == epoch);
    CHECK(json["step"] == 2 * epoch);
    CHECK(json["val_loss"] == falls_then_rises[static_cast<std::size_t>(epoch - 1)]);
  }
  const std::string svg = io::read_text(folder / "curves.svg");
  CHECK(svg.find("validation") != std::string::npos);
  CHECK(h["loss"][0] == 0.75);
}

TEST_CASE("learning rates: by a schedule, by a plateau") {
  Played task(falls_then_rises);
  play(task, {train::LearningRate{[](std::int64_t step) { return 1.0 / (1 + step); }}});
  CHECK(task.rates[0] == 1);
  CHECK(task.rates[7] == 0.125);
  Played plateau({5, 5, 5, 5, 5, 5});
  play(plateau, {train::ReduceOnPlateau{.rule = {.factor = 0.5, .patience = 1, .least = 0.4}}});
  CHECK(plateau.rates == std::vector<double>{1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4});
  Played cooled({5, 5, 5, 5, 5, 5});
  play(cooled, {train::ReduceOnPlateau{.rule = {.factor = 0.5, .patience = 0, .cooldown = 2}}});
  CHECK(cooled.rates == std::vector<double>{1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25});
}

TEST_CASE("callbacks: NaN ends the run, functions of one's own are called in order") {
  Played task(falls_then_rises);
  task.nan_at = 4;
  const train::History h = play(task, {train::TerminateOnNan{}});
  CHECK(h.epochs.size() == 2);
  CHECK(h.stopped.find("the loss is NaN") != std::string::npos);
  Played fails(falls_then_rises);
  fails.nan_at = 4;
  CHECK_THROWS_AS(play(fails, {}), NumericError);
  Played plain(falls_then_rises);
  std::string calls;
  int counted = 0;
  const auto count = [&](Run&) { ++counted; };
  play(plain, {train::LambdaCallback{.on_begin = [&](Run&) { calls += 'b'; },
                                     .on_step = [&](Run&) { calls += 's'; },
                                     .on_epoch = [&](Run&) { calls += 'e'; },
                                     .on_end = [&](Run&) { calls += '.'; }},
               count, [](Run& run) {
                 if (run.epoch() == 2) run.stop("enough");
               }});
  CHECK(calls == "bssesse.");
  CHECK(counted == 2);
}

TEST_CASE("trials: the rate at which the loss falls fastest, and one batch by heart") {
  const data::Split parts = data::iris();
  struct Flowers {
    nn::Linear hidden{4, 16}, out{16, 3};
    Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
  };
  seed(1);
  const Flowers net;
  const auto before = nn::named_tensors(net)[0].tensor.to_vector<float>();
  const train::RateSweep sweep = train::find_learning_rate(net, parts.train);
  CHECK(sweep.suggestion > 1e-4);
  CHECK(sweep.suggestion < 1);
  CHECK(sweep.rates.size() == sweep.losses.size());
  CHECK(nn::named_tensors(net)[0].tensor.to_vector<float>() == before);
  const TemporaryFolder folder;
  sweep.draw(folder / "sweep.png");
  CHECK(std::filesystem::file_size(folder / "sweep.png") > 1000);
  for (const data::Batch& batch : data::loader(parts.train, {.batch_size = 8})) {
    const train::Overfit o =
        train::overfit_one_batch(net, batch, {.optimizer = optim::Adam{.learning_rate = 0.03}});
    CHECK(o.losses.size() == 200);
    CHECK(o.passed);
    CHECK(!train::overfit_one_batch(net, batch, {}, {.steps = 2}).passed);
    break;
  }
  CHECK_THROWS_AS(train::find_learning_rate(net, parts.train, {}, {.from = 1, .to = 0.1}),
                  ValueError);
}
