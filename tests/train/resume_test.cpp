// fit's checkpoints: stopped after any step, ended by an error or killed, a run goes on to the bits
// of one that was never disturbed.
#include <doctest/doctest.h>

#include <cmath>
#include <csignal>
#include <iostream>

#include "fathom/fathom.h"
#include "tests/cli/program.h"
#include "tests/contains.h"

using namespace fathom;
using test::contains;
using test::error_text;
using test::TemporaryFolder;

namespace {

struct ResumedNet {
  nn::Linear hidden{64, 12};
  nn::BatchNorm norm{12};
  nn::Dropout dropout{0.2};
  nn::Linear out{12, 10};
  Tensor operator()(const Tensor& x) const { return out(dropout(relu(norm(hidden(x))))); }
};
using Options = train::FitOptions<ResumedNet, data::Batch>;

const data::Split& digits() {
  static const data::Split parts = [] {
    data::Split all = data::digits();
    return data::Split{data::random_split(all.train, {0.2, 0.8})[0],
                       data::random_split(all.test, {0.5, 0.5})[0]};
  }();
  return parts;
}

/// What a run leaves: the bits of its model, and all but the times of its history.
struct Result {
  std::vector<float> net;
  std::vector<train::Values> values;
  std::string stopped;
  bool operator==(const Result&) const = default;
};
Result run(const Options& options) {
  seed(3);
  ResumedNet net;
  const train::History h = train::fit(net, digits().train, options);
  Result result{.net = {}, .values = {}, .stopped = h.stopped};
  for (const auto& [name, tensor] : io::weights_of(net))
    for (const float x : cast(tensor, DType::f32).to_vector<float>()) result.net.push_back(x);
  for (const train::Record& r : h.epochs) result.values.push_back(r.values);
  return result;
}

Options options_of(int kind) {
  Options o{.metrics = {metrics::accuracy()},
            .validation = digits().test,
            .epochs = 4,
            .batch_size = 50,  // 288 rows: the last batch is smaller
            .seed = 7,
            .verbose = train::Verbose::silent};
  switch (kind) {
    case 0:
      o.workers = 2;
      break;
    case 1:
      o.optimizer = optim::Sgd{.learning_rate = 0.1, .momentum = 0.9};
      o.accumulate = 2;
      o.class_weight = {1, 2, 3, 4, 5, 1, 2, 3, 4, 5};
      o.clip_norm = 0.5;
      break;
    case 2:  // passes over the data that end within an epoch
      o.steps_per_epoch = 4;
      o.micro_batch = 16;
      o.validate_every = 2;
      break;
    default:  // the learning rate changes by what was seen, and the run ends early
      o.epochs = 12;
      o.optimizer = optim::Adam{.learning_rate = 0.3};
      o.callbacks = {train::ReduceOnPlateau{.rule = {.factor = 0.5, .patience = 0}},
                     train::EarlyStopping{.patience = 2, .restore_best = true}};
  }
  return o;
}

struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

TEST_CASE("resume: stopped after any step, the same bits and the same history") {
  for (int kind = 0; kind < 4; ++kind) {
    CAPTURE(kind);
    const Result whole = run(options_of(kind));
    if (kind == 3) CHECK(!whole.stopped.empty());
    const TemporaryFolder folder;
    Options o = options_of(kind);
    o.checkpoint = {.path = folder / "run.safetensors", .resume = true};
    std::int64_t goal = 0;
    int stops = 0;
    o.callbacks.push_back(
        train::LambdaCallback{.on_begin = [&](train::Run& r) { goal = r.step() + 1 + stops % 4; },
                              .on_step =
                                  [&](train::Run& r) {
                                    if (r.step() == goal) std::raise(SIGINT);
                                  }});
    for (;; ++stops) {
      const Result part = run(o);
      if (part.stopped == "interrupted") continue;
      CHECK(part == whole);
      break;
    }
    CHECK(stops > 4);
    CHECK(run(o) == whole);  // a run that is done stays as it is
  }
}

TEST_CASE("resume: an error at any step loses the steps since the last checkpoint alone") {
  for (int kind = 0; kind < 4; ++kind) {
    CAPTURE(kind);
    const Result whole = run(options_of(kind));
    const TemporaryFolder folder;
    Options o = options_of(kind);
    o.checkpoint = {.path = folder / "run.safetensors", .every_steps = 3, .resume = true};
    std::int64_t next = 2;
    o.callbacks.push_back(train::LambdaCallback{.on_step = [&](train::Run& r) {
      if (r.step() < next) return;
      next = r.step() + 5;
      throw Broken("broken");
    }});
    int errors = 0;
    for (;; ++errors) {
      try {
        const Result resumed = run(o);
        CHECK(resumed == whole);
        break;
      } catch (const Broken&) {
      }
    }
    CHECK(errors > 1);
  }
}

TEST_CASE("resume: more epochs, the caller's optimizer, threads and workers of another number") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  optim::Adam whole_adam, adam;
  Options o = options_of(0);
  o.optimizer = &whole_adam;
  o.epochs = 6;
  const Result whole = run(o);
  o.optimizer = &adam;
  o.epochs = 2;
  o.checkpoint.path = path;
  run(o);
  adam = {};  // another process would have a new one
  o.epochs = 6;
  o.workers = 0;
  o.checkpoint.resume = true;
  CHECK(run(o) == whole);
  CHECK(adam.state.at(0).steps == whole_adam.state.at(0).steps);
}

TEST_CASE("resume: a checkpoint of another run is refused, and the net stays as it was") {
  const TemporaryFolder folder;
  Options o = options_of(0);
  o.epochs = 1;
  o.checkpoint.path = folder / "run.safetensors";
  run(o);
  o.checkpoint.resume = true;
  const auto refused = [&](auto change) {
    Options other = o;
    change(other);
    return error_text<FormatError>([&] { run(other); });
  };
  CHECK(contains(refused([](Options& x) { x.batch_size = 40; }), "another data.batch_size: 50"));
  CHECK(contains(refused([](Options& x) { x.seed = 8; }), "another data.seed: 7"));
  CHECK(contains(refused([](Options& x) { x.metrics.clear(); }), "metrics.0"));
  CHECK(contains(refused([](Options& x) { x.callbacks = {train::EarlyStopping{}}; }),
                 "callbacks.0.best.has is missing"));
  struct Smaller {
    nn::Linear out{64, 10};
    Tensor operator()(const Tensor& x) const { return out(x); }
  } net;
  const std::vector<float> before = net.out.weight.to_vector<float>();
  const auto fit = [&](train::Checkpoint checkpoint) {
    train::fit(net, digits().train,
               {.batch_size = 50,
                .seed = 7,
                .checkpoint = std::move(checkpoint),
                .verbose = train::Verbose::silent});
  };
  CHECK(contains(error_text<FormatError>([&] { fit(o.checkpoint); }), "unexpected hidden.weight"));
  CHECK(net.out.weight.to_vector<float>() == before);
  CHECK_THROWS_AS(fit({.resume = true}), ValueError);
  CHECK_THROWS_AS(fit({.path = folder / "a", .every_steps = -1}), ValueError);
  CHECK_THROWS_AS(fit({.path = folder / "none/a"}), IoError);
}

TEST_CASE("resume: optimizers and callbacks of one's own keep their state") {
  struct Own {
    double learning_rate = 0.1;
    std::int64_t steps = 0;
    void step(ResumedNet& net, const ResumedNet& gradients) {
      // Every other step is twice as long.
      const double rate = ++steps % 2 == 0 ? 2 * learning_rate : learning_rate;
      optim::Sgd{.learning_rate = rate}.step(net, gradients);
    }
    void archive(train::Archive& a, const ResumedNet&) { a("steps", steps); }
  };
  struct Average {
    optim::Ema<ResumedNet> ema{.model = {}, .decay = 0.9};
    void after_step(train::Run& run) {
      ema.update(*std::static_pointer_cast<const ResumedNet>(run.snapshot()));
    }
    void archive(train::Archive& a) {
      a("updates", ema.updates);
      a.model("model", ema.model);
    }
  };
  const auto averaged = [&](std::vector<std::int64_t> stops, const std::string& path) {
    for (std::size_t i = 0;; ++i) {
      seed(3);
      Average average;
      Options o = options_of(0);
      o.optimizer = Own{};
      o.epochs = 2;
      if (!path.empty()) o.checkpoint = {.path = path, .resume = true};
      o.callbacks = {std::ref(average), train::LambdaCallback{.on_step = [&](train::Run& r) {
                       if (i < stops.size() && r.step() == stops[i]) std::raise(SIGINT);
                     }}};
      if (run(o).stopped == "interrupted") continue;
      return average.ema.model.hidden.weight.to_vector<float>();
    }
  };
  const TemporaryFolder folder;
  CHECK(averaged({3, 8}, folder / "run") == averaged({}, ""));
  struct Unknown {
    double learning_rate = 0.1;
    void step(ResumedNet&, const ResumedNet&) {}
  };
  Options o = options_of(0);
  o.optimizer = Unknown{};
  o.checkpoint.path = folder / "unknown";
  CHECK(error_text<ValueError>([&] { run(o); }).find("cannot keep this optimizer") !=
        std::string::npos);
}

TEST_CASE("resume: generated data, read again up to where the run stood; endless ones in steps") {
  struct Rows {
    Tensor inputs, targets;
  };
  struct Line {
    nn::Linear layer{2, 1};
    Tensor operator()(const Tensor& x) const { return squeeze(layer(x), 1); }
  };
  const auto rows = [](int count) {
    return data::generate([count](const data::Draw& draw) {
      return [count, i = 0,
              shift = 0.1F * static_cast<float>(draw.epoch)]() mutable -> std::optional<Rows> {
        if (i == count) return std::nullopt;
        const float x = std::sin(0.7F * static_cast<float>(i++)) + shift;
        return Rows{Tensor::from(std::vector<float>{x, x * x}),
                    Tensor::from(std::vector<float>{3 * x - 1}, {})};
      };
    });
  };
  const auto trained = [&](const data::Source<Rows>& source, std::int64_t steps,
                           const std::string& path) {
    for (int stops = 0;; ++stops) {
      seed(2);
      Line net;
      std::int64_t goal = 0;
      const train::History h =
          train::fit(net, source,
                     {.loss = [](const Tensor& p, const Tensor& t) { return square(p - t); },
                      .optimizer = optim::Sgd{.learning_rate = 0.1},
                      .epochs = 3,
                      .batch_size = 8,
                      .steps_per_epoch = steps,
                      .workers = 1,
                      .checkpoint = {.path = path, .resume = !path.empty()},
                      .callbacks = {train::LambdaCallback{
                          .on_begin = [&](train::Run& run) { goal = run.step() + 4; },
                          .on_step =
                              [&](train::Run& run) {
                                if (!path.empty() && run.step() == goal) std::raise(SIGINT);
                              }}},
                      .verbose = train::Verbose::silent});
      if (h.stopped.empty()) {
        CHECK((stops > 1) == !path.empty());
        CHECK(h.epochs.back().step == 15);
        return net.layer.weight.to_vector<float>();
      }
    }
  };
  const TemporaryFolder folder;
  CHECK(trained(rows(40), 0, "") == trained(rows(40), 0, folder / "whole"));
  CHECK(trained(rows(-1), 5, "") == trained(rows(-1), 5, folder / "endless"));
  CHECK(error_text<ValueError>([&] { trained(rows(0), 0, ""); }).find("no batch") !=
        std::string::npos);
}

// A run for the test below, in a process of its own.
TEST_CASE("resume: a run that gets killed") {
  const char* folder = std::getenv("FATHOM_TEST_FIT_FOLDER");
  if (!folder) return;
  Options o = options_of(3);
  o.epochs = std::getenv("FATHOM_SLOW_TESTS") ? 1000 : 250;
  o.callbacks = {train::ReduceOnPlateau{.rule = {.factor = 0.9, .patience = 20}},
                 train::EarlyStopping{.patience = 10000, .restore_best = true},
                 train::BestCheckpoint{.path = std::string(folder) + "/best"},
                 train::CsvLog{.path = std::string(folder) + "/log.csv"}};
  o.checkpoint = {
      .path = std::string(folder) + "/run.safetensors", .every_steps = 2, .resume = true};
  const Result result = run(o);
  train::Archive a;
  std::vector<double> last;
  for (const auto& [name, value] : result.values.back()) last.push_back(value);
  a("last", last);
  Tensor net = Tensor::from(result.net);
  a("net", net);
  a.save(std::string(folder) + "/result");
}

TEST_CASE("resume: killed at random moments (kill -9), fit goes on to the same bits") {
  const int kills = std::getenv("FATHOM_SLOW_TESTS") ? 40 : 5;
  const TemporaryFolder folder;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto line = [&](const std::string& name) {
    std::filesystem::create_directories(folder.path() / name);
    return "FATHOM_TEST_FIT_FOLDER='" + (folder / name) + "' exec '" + self +
           "' -tc='resume: a run that gets killed' >/dev/null 2>&1";
  };
  REQUIRE(test::run_shell(line("whole"), folder).code == 0);
  test::Random random(17);
  int killed = 0;
  for (int tries = 0; killed < kills && tries < 4 * kills; ++tries)
    killed +=
        test::run_and_kill(line("killed"), std::chrono::microseconds(20000 + random.below(80000)));
  CHECK(killed == kills);
  REQUIRE(test::run_shell(line("killed"), folder).code == 0);
  CHECK(io::read_file(folder / "killed/result") == io::read_file(folder / "whole/result"));
  CHECK(io::read_file(folder / "killed/best") == io::read_file(folder / "whole/best"));
}
