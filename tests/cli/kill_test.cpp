// `fathom train` killed at any moment: it goes on to the bits of a run that nobody disturbed.
#include <doctest/doctest.h>

#include <functional>

#include "tests/cli/json.h"
#include "tests/cli/pictures.h"

using namespace fathom;
using nlohmann::json;
using test::last_json;
using test::Outcome;
using test::run_shell;
using test::TemporaryFolder;

namespace {

/// A run to be killed.
struct Killed {
  std::string settings;  ///< of `fathom train`
  /// Threads and workers, of one start after another.
  std::vector<std::string> how = {"--workers 2"};
  std::uint64_t longest = 60000;  ///< microseconds until it is killed
  std::function<void(const TemporaryFolder&)> prepare = [](const TemporaryFolder&) {};
};

Killed digits() {
  return {.settings = "digits --hidden 64,32 --dropout 0.2 --batch 50 --epochs 40 --seed 5"};
}
Killed pictures() {
  return {.settings =
              "photos --model mobilenet_v3_small --size 32 --batch 7 --epochs 8 --seed 5 "
              "--augment trivial",
          .how = {"--threads 2", "--threads 1 --workers 3", "--threads 3 --workers 1",
                  "--threads 8 --workers 2"},
          .longest = 500000,
          .prepare = [](const TemporaryFolder& folder) { test::make_pictures(folder, "photos"); }};
}

/// log.jsonl without the times, which differ from run to run.
std::vector<json> log_of(const std::string& path) {
  std::vector<json> lines;
  const std::string text = io::read_text(path);
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    lines.push_back(json::parse(text.substr(at, text.find('\n', at) - at)));
    lines.back().erase("seconds");
  }
  return lines;
}

void kill_and_resume(const Killed& run, int kills, int round = 0) {
  const TemporaryFolder folder;
  run.prepare(folder);
  const json expected =
      last_json(run_shell("$fathom train " + run.settings + " --json --out whole", folder));
  test::Random random(static_cast<std::uint64_t>(kills + 1000 * round));
  const auto words = [&](int start) {
    const bool begun = std::filesystem::exists(folder / "killed/config.json");
    return "train " + (begun ? "--resume killed" : run.settings + " --out killed") +
           " --checkpoint-steps 3 --json " +
           run.how[static_cast<std::size_t>(start) % run.how.size()];
  };
  int killed = 0, starts = 0;
  for (; killed < kills && starts < 4 * kills; ++starts) {
    // From before the program's first line to the middle of its work.
    const auto after =
        std::chrono::microseconds(500 + random.below(killed % 4 == 0 ? 10000 : run.longest));
    killed += test::run_and_kill("cd '" + folder.path().string() + "' && exec '" + test::program() +
                                     "' " + words(starts) + " >/dev/null 2>&1",
                                 after);
  }
  CHECK(killed == kills);
  const json result = last_json(run_shell("$fathom " + words(starts), folder));
  CHECK(result["model_sha256"] == expected["model_sha256"]);
  CHECK(result["accuracy"] == expected["accuracy"]);
  CHECK(result["steps"] == expected["steps"]);
  CHECK(log_of(folder / "killed/log.jsonl") == log_of(folder / "whole/log.jsonl"));
}

}  // namespace

TEST_CASE("fathom train: killed at random moments, it goes on to the same bits") {
  kill_and_resume(digits(), 6);
}

TEST_CASE("fathom train: killed on a folder of pictures, it goes on to the same bits") {
  kill_and_resume(pictures(), 3);
}

TEST_CASE("fathom train: killed 20 times (slow)") {
  if (!std::getenv("FATHOM_SLOW_TESTS")) {
    std::cout << "skipped: 20 kills (FATHOM_SLOW_TESTS is not set)\n";
    return;
  }
  for (int round = 0; round < 5; ++round) kill_and_resume(digits(), 20, round);
  for (int round = 0; round < 2; ++round) kill_and_resume(pictures(), 20, round);
}
