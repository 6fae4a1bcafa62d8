// `fathom train` on a table of texts, then `eval` and `predict`.
#include <doctest/doctest.h>

#include "tests/cli/json.h"

using namespace fathom;
using nlohmann::json;
using test::contains;
using test::last_json;
using test::last_line;
using test::Outcome;
using test::run_shell;
using test::TemporaryFolder;

namespace {

/// Reviews that one word decides, in a table with a header and nothing that is a number.
std::string reviews() {
  const char* films[] = {"film", "story", "music", "ending", "cast", "director"};
  const char* good[] = {"wonderful", "touching", "brilliant", "funny"};
  const char* bad[] = {"awful", "boring", "stupid", "endless"};
  std::string table = "review,sentiment\n";
  for (int i = 0; i < 300; ++i) {
    const bool liked = i * 7 % 5 < 2;
    table += "\"I saw number " + std::to_string(i) + ", and the " + films[i % 6] + " is " +
             (liked ? good : bad)[i / 6 % 4] + "!\"," + (liked ? "positive" : "negative") + "\n";
  }
  return table;
}

}  // namespace

TEST_CASE("fathom train: texts of a table are recognised") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "reviews.csv", reviews());
  const Outcome trained = run_shell("$fathom train reviews.csv --lr 0.02 --json", folder);
  REQUIRE_MESSAGE(trained.code == 0, trained.err);
  const json result = last_line(trained.out);
  CHECK(result["out"] == "runs/reviews-text_bag");
  CHECK(result["tested"] == 60);
  CHECK(result["accuracy"].get<double>() > 0.95);
  for (const char* file :
       {"config.json", "log.jsonl", "checkpoint.safetensors", "model/model.safetensors",
        "model/config.json", "loss.png", "confusion.png"})
    CHECK(std::filesystem::exists((folder / "runs/reviews-text_bag/") + file));

  const json tested = last_line(run_shell("$fathom eval runs/reviews-text_bag --json", folder).out);
  CHECK(tested["accuracy"] == result["accuracy"]);
  CHECK(tested["model_sha256"] == result["model_sha256"]);
  CHECK(last_line(run_shell("$fathom eval runs/reviews-text_bag reviews.csv --json", folder)
                      .out)["rows"] == 60);  // its own test part

  const Outcome said = run_shell(
      "$fathom predict runs/reviews-text_bag 'What a brilliant story' 'The cast is boring'",
      folder);
  REQUIRE_MESSAGE(said.code == 0, said.err);
  CHECK(contains(said.out, "What a brilliant story: positive"));
  CHECK(contains(said.out, "The cast is boring: negative"));
  CHECK(
      run_shell("$fathom predict runs/reviews-text_bag reviews.csv | grep -c reviews.csv:", folder)
          .out == "300\n");
}

TEST_CASE("fathom train: texts give the same bits for threads, workers and a resumed run") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "reviews.csv", reviews());
  const auto hash_of = [&](const std::string& command) {
    const Outcome done = run_shell(command, folder);
    REQUIRE_MESSAGE(done.code == 0, done.err);
    return last_line(done.out)["model_sha256"];
  };
  const std::string train = "$fathom train reviews.csv --json --seed 3 --epochs ";
  const json hash = hash_of(train + "4 --threads 1 --out a");
  CHECK(hash_of(train + "4 --threads 3 --workers 2 --out b") == hash);
  hash_of(train + "2 --threads 2 --out c");
  CHECK(hash_of("$fathom train --resume c --epochs 4 --json") == hash);
}

TEST_CASE("fathom train: options that texts have no use for are refused") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "reviews.csv", reviews());
  const Outcome hidden = run_shell("$fathom train reviews.csv --hidden 10", folder);
  CHECK(hidden.code == 2);
  CHECK(contains(hidden.err, "--hidden is not for texts"));
  const Outcome table = run_shell("$fathom train iris --text 0", folder);
  CHECK(table.code == 2);
  CHECK(contains(table.err, "--text is for tables with texts"));
}

TEST_CASE("fathom plan, summary: a model of texts") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "reviews.csv", reviews());
  REQUIRE(run_shell("$fathom train reviews.csv --epochs 1 --out run", folder).code == 0);
  const auto steps = [&](const std::string& options) {
    const json plan = last_json(run_shell("$fathom plan run --json " + options, folder));
    CHECK(plan["model"] == "text_bag");
    return plan["steps"].dump();
  };
  // The gradient by the table stays a sum of rows, 64 of a text.
  CHECK(contains(steps("--batch 5"), "by 320 rows"));
  CHECK(!contains(steps("--batch 5 --inference --svg p.svg"), "adam"));
  CHECK(contains(io::read_text(folder / "p.svg"), "row_sums"));
  const Outcome shown = run_shell("$fathom plan run", folder);
  CHECK(shown.code == 0);
  CHECK(contains(shown.out, "A training step of text_bag on 32 rows"));

  const Outcome summary = run_shell("$fathom summary run --batch 5", folder);
  CHECK(summary.code == 0);
  CHECK(contains(summary.out, "nn::EmbeddingBag (embedding)  (5, 64)"));
  CHECK(contains(summary.out, "nn::Linear (out)              (5, 2)"));
}
