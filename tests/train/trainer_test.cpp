// Training runs: resumption to the same bits, determinism, checkpoints, loss that is no longer
// finite.
#include "fathom/train/trainer.h"

#include <doctest/doctest.h>

#include <limits>
#include <thread>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/core/error.h"
#include "fathom/data/builtin.h"
#include "fathom/graph/plan.h"
#include "fathom/train/callbacks.h"
#include "fathom/train/run_folder.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;
using test::TemporaryFolder;
using train::Settings;
using train::Trainer;

namespace {

Settings short_run(std::uint64_t seed = 0) {
  return {.hidden = {24}, .dropout = 0.2, .epochs = 3, .batch_size = 100, .seed = seed};
}

std::string hash_of(const Settings& settings, const data::Split& parts, int workers = 0) {
  Trainer trainer(settings, parts);
  CHECK(trainer.run({.workers = workers}).stopped.empty());
  return train::fingerprint(trainer.net());
}

}  // namespace

TEST_CASE(
    "trainer: the same bits for any number of threads and workers and on each instruction set") {
  const data::Split parts = data::digits();
  const std::string expected = hash_of(short_run(), parts);
  const int threads_before = cpu::threads();
  for (const int threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    cpu::set_threads(threads);
    CHECK(hash_of(short_run(), parts) == expected);
  }
  cpu::set_threads(threads_before);
  for (const int workers : {1, 8}) {
    CAPTURE(workers);
    CHECK(hash_of(short_run(), parts, workers) == expected);
  }
  const cpu::Isa isa_before = cpu::isa();
  for (const cpu::Isa isa : {cpu::Isa::avx2, cpu::Isa::avx512}) {
    if (!cpu::available(isa)) continue;
    cpu::set_isa_for_test(isa);
    graph::clear_plan_cache();
    CHECK(hash_of(short_run(), parts) == expected);
  }
  cpu::set_isa_for_test(isa_before);
  graph::clear_plan_cache();
  CHECK(hash_of(short_run(1), parts) != expected);
}

TEST_CASE("trainer: two threads train two models at once, each to the bits it reaches alone") {
  const data::Split parts = data::digits();
  const std::string alone[2] = {hash_of(short_run(1), parts), hash_of(short_run(2), parts)};
  for (int round = 0; round < 3; ++round) {
    std::string together[2];
    std::thread other([&] { together[1] = hash_of(short_run(2), parts); });
    together[0] = hash_of(short_run(1), parts);
    other.join();
    CHECK(together[0] == alone[0]);
    CHECK(together[1] == alone[1]);
  }
}

TEST_CASE("trainer: stopped after any step, it goes on to the same bits and the same statistics") {
  const data::Split parts = data::digits();
  for (const char* optimizer : {"adam", "adamw", "sgd", "rmsprop", "adagrad"}) {
    CAPTURE(optimizer);
    Settings settings = short_run();
    settings.optimizer = optimizer;
    Trainer whole(settings, parts);
    const train::History expected = whole.run();
    const TemporaryFolder folder;
    const std::string file = folder / "checkpoint.safetensors";
    std::int64_t stops = 0;
    while (true) {
      std::atomic<bool> stop{false};
      Trainer part(settings, parts);
      std::int64_t goal = 0, reached = 0;
      const train::LambdaCallback watch{
          .on_begin = [&](train::Run& run) { goal = run.step() + 1 + 3 * stops % 7; },
          .on_step = [&](train::Run& run) { stop = run.step() >= goal; },
          .on_end = [&](train::Run& run) { reached = run.step(); }};
      const train::History history = part.run(
          {.checkpoint = {.path = file, .resume = true}, .stop = &stop, .callbacks = {watch}});
      if (!history.stopped.empty()) {
        CHECK(history.stopped == "interrupted");
        CHECK(reached == goal);
        ++stops;
        continue;
      }
      CHECK(train::fingerprint(part.net()) == train::fingerprint(whole.net()));
      REQUIRE(history.epochs.size() == 3);
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(history.epochs[i].values == expected.epochs[i].values);
      break;
    }
    CHECK(stops > 5);
  }
}

TEST_CASE("trainer: no plan miss after warm-up") {
  const data::Split parts = data::digits();
  Settings settings = short_run();
  settings.epochs = 10;
  Trainer trainer(settings, parts);
  const train::History history = trainer.run();
  CHECK(trainer.plan_misses_after_warmup() == 0);
  CHECK(history["test_accuracy"].back() > 0.9);
}

TEST_CASE(
    "trainer: a loss that is no longer finite names step and batch and keeps the checkpoint") {
  data::Split parts = data::iris();
  std::vector<float> values = parts.train.inputs.to_vector<float>();
  values[17] = std::numeric_limits<float>::quiet_NaN();
  parts.train.inputs = Tensor::from(values, parts.train.inputs.shape());
  const TemporaryFolder folder;
  const std::string file = folder / "checkpoint.safetensors";
  Trainer trainer({.data = "iris", .epochs = 3, .batch_size = 40}, parts);
  const std::string text =
      error_text<NumericError>([&] { trainer.run({.checkpoint = {.path = file}}); });
  CHECK(text.find("the loss is") != std::string::npos);
  CHECK(text.find("step") != std::string::npos);
  CHECK(text.find("of 3") != std::string::npos);
  // What stands on disk is a good place to go on from.
  Trainer again({.data = "iris", .epochs = 3, .batch_size = 40}, parts);
  std::int64_t begun = -1;
  CHECK_THROWS_AS(again.run({.checkpoint = {.path = file, .resume = true},
                             .callbacks = {train::LambdaCallback{
                                 .on_begin = [&](train::Run& run) { begun = run.step(); }}}}),
                  NumericError);
  CHECK(begun == 0);
}

TEST_CASE("trainer: settings that make no sense") {
  const data::Split parts = data::iris();  // 120 rows
  CHECK(error_text<ValueError>([&] {
          Trainer({.batch_size = 17}, parts);
        }).find("which has one row") != std::string::npos);
  CHECK_NOTHROW(Trainer({.batch_norm = false, .batch_size = 17}, parts));
  CHECK(error_text<ValueError>([&] { Trainer({.model = "cnn"}, parts); }).find("no model cnn") !=
        std::string::npos);
  CHECK(error_text<ValueError>([&] {
          Trainer({.optimizer = "sophia"}, parts);
        }).find("no optimizer sophia") != std::string::npos);
}

TEST_CASE("checkpoint: of another model it is refused, whole") {
  const data::Split parts = data::iris();
  const TemporaryFolder folder;
  const std::string file = folder / "checkpoint.safetensors";
  Trainer({.hidden = {8}, .epochs = 1}, parts).run({.checkpoint = {.path = file}});
  Trainer other({.hidden = {9}, .epochs = 1}, parts);
  const std::string before = train::fingerprint(other.net());
  const auto resume = [&](Trainer& trainer) {
    return error_text<FormatError>(
        [&] { trainer.run({.checkpoint = {.path = file, .resume = true}}); });
  };
  const std::string text = resume(other);
  CHECK(text.find("mismatched hidden.0.linear.weight") != std::string::npos);
  CHECK(text.find("mismatched out.weight") != std::string::npos);
  CHECK(train::fingerprint(other.net()) == before);
  Trainer smaller({.hidden = {8}, .epochs = 1, .batch_size = 16}, parts);
  CHECK(resume(smaller).find("another data.batch_size: 32") != std::string::npos);
}

TEST_CASE("model folder: a model comes back with its preprocessing") {
  const data::Split parts = data::iris();
  Trainer trainer({.data = "iris", .epochs = 5}, parts);
  trainer.run();
  const TemporaryFolder folder;
  train::save_model(folder.path().string(), trainer.classifier());
  const train::Classifier loaded = train::load_model(folder.path().string());
  CHECK(train::fingerprint(loaded.net) == train::fingerprint(trainer.net()));
  CHECK(loaded.class_names == parts.train.class_names);
  CHECK(loaded.probabilities(parts.test.inputs).to_vector<float>() ==
        trainer.classifier().probabilities(parts.test.inputs).to_vector<float>());
  CHECK(error_text<ShapeError>([&] {
          loaded.probabilities(Tensor::from(std::vector<float>{1, 2}, {1, 2}));
        }).find("4 features") != std::string::npos);
}

TEST_CASE("run folder: one run, one process") {
  const TemporaryFolder folder;
  const std::string path = folder / "run";
  {
    const train::RunFolder run = train::RunFolder::create(path, {});
    CHECK(error_text<IoError>([&] { train::RunFolder::open(path); }).find("another process") !=
          std::string::npos);
    CHECK(error_text<IoError>([&] {
            train::RunFolder::create(path, {});
          }).find("holds a run already") != std::string::npos);
  }
  CHECK(train::RunFolder::open(path).settings().data == "digits");
  CHECK(error_text<IoError>([&] {
          train::RunFolder::open(folder / "none");
        }).find("no such folder") != std::string::npos);
  io::write_atomically(folder / "file", std::string_view("x"));
  CHECK(error_text<IoError>([&] {
          train::RunFolder::create(folder / "file/run", {});
        }).find("cannot make") != std::string::npos);
}
