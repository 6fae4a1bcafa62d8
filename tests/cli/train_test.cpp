// `fathom train`, `eval` and `predict` as a user runs them.
#include <doctest/doctest.h>

#include "fathom/data/builtin.h"
#include "fathom/io/png.h"
#include "tests/cli/json.h"

using namespace fathom;
using nlohmann::json;
using test::contains;
using test::last_line;
using test::Outcome;
using test::run_shell;
using test::TemporaryFolder;

TEST_CASE("fathom train: digits, then eval and predict") {
  const TemporaryFolder folder;
  const Outcome trained = run_shell("$fathom train --json", folder);
  REQUIRE(trained.code == 0);
  CHECK(trained.err.empty());
  const json result = last_line(trained.out);
  CHECK(result["accuracy"].get<double>() >= 0.96);
  CHECK(result["plan_misses_after_warmup"] == 0);
  CHECK(result["out"] == "runs/digits-mlp");
  const double peak = result["peak_bytes"], estimate = result["estimated_bytes"];
  CHECK(std::abs(peak - estimate) <= 0.1 * estimate);
  for (const char* file :
       {"config.json", "log.jsonl", "checkpoint.safetensors", "model/model.safetensors",
        "model/config.json", "loss.png", "confusion.png", "mistakes.png"})
    CHECK(std::filesystem::exists((folder / "runs/digits-mlp/") + file));
  const Outcome hash = run_shell("sha256sum runs/digits-mlp/model/model.safetensors", folder);
  CHECK(contains(hash.out, result["model_sha256"]));

  const json tested = last_line(run_shell("$fathom eval runs/digits-mlp --json", folder).out);
  CHECK(tested["accuracy"] == result["accuracy"]);
  CHECK(tested["model_sha256"] == result["model_sha256"]);

  // A digit of the test part as a picture, four times as large.
  const data::Dataset digits = data::digits().test;
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x)
      pixels.push_back(static_cast<std::uint8_t>(
          digits.inputs.data<std::uint8_t>()[static_cast<std::size_t>(y / 4 * 8 + x / 4)] * 255 /
          16));
  io::save_png(folder / "digit.png", Tensor::from(pixels, {32, 32}));
  const json answer =
      last_line(run_shell("$fathom predict runs/digits-mlp digit.png --json", folder).out);
  CHECK(answer["class"] == std::to_string(digits.labels.data<std::int64_t>()[0]));
  CHECK(answer["probability"].get<double>() > 0.5);
  CHECK(answer["probabilities"].size() == 10);
  // A row that is longer than a file's name may be.
  const Outcome row = run_shell(
      "$fathom predict runs/digits-mlp 0.0000$(for i in $(seq 63); do printf ,0.0000; done)",
      folder);
  CHECK_MESSAGE(row.code == 0, row.err);

  const Outcome again = run_shell("$fathom train", folder);
  CHECK(again.code == 0);
  CHECK(contains(again.out, "runs/digits-mlp-2"));
  CHECK(contains(again.out, "fathom train --resume"));
}

TEST_CASE("fathom train: iris makes two mistakes at most, from its CSV file too") {
  const TemporaryFolder folder;
  const json result = last_line(run_shell("$fathom train iris --json", folder).out);
  CHECK(result["tested"] == 30);
  CHECK(result["correct"].get<int>() >= 28);
  std::filesystem::copy_file(FATHOM_TEST_SOURCE "/../data/iris.data", folder / "flowers.csv");
  const Outcome csv =
      run_shell("$fathom train flowers.csv --label 4 --hidden 16 --json --out run", folder);
  REQUIRE(csv.code == 0);
  CHECK(last_line(csv.out)["accuracy"].get<double>() > 0.85);
  const Outcome one = run_shell("$fathom predict run 5.1,3.5,1.4,0.2", folder);
  CHECK(contains(one.out, "Iris-setosa"));
  const json all = last_line(run_shell("$fathom eval run flowers.csv --json", folder).out);
  CHECK(all["rows"] == 30);  // the test part of what it was trained on
  // The file changes: going on would be another training.
  run_shell("echo 5,3,1,0.2,Iris-setosa >>flowers.csv", folder);
  const Outcome resumed = run_shell("$fathom train --resume run --epochs 300", folder);
  CHECK(resumed.code == 1);
  CHECK(contains(resumed.err, "not what it was"));
}

TEST_CASE("fathom predict: columns are found by their names") {
  const TemporaryFolder folder;
  run_shell(
      "{ echo width,height,kind; for i in 1 2 3 4 5 6 7 8 9; do echo $i,1,flat; echo 1,$i,tall; "
      "done; } >shapes.csv; printf 'width,height\\n5,2\\n' >plain.csv; "
      "printf 'kind,height,width\\n?,2,5\\n' >turned.csv; "
      "awk -F, '{ print $2 \",\" $1 \",\" $3 }' shapes.csv >swapped.csv",
      folder);
  REQUIRE(run_shell("$fathom train shapes.csv --epochs 20 --out run", folder).code == 0);
  const json plain = last_line(run_shell("$fathom predict run plain.csv --json", folder).out);
  const json turned = last_line(run_shell("$fathom predict run turned.csv --json", folder).out);
  CHECK(plain["probabilities"] == turned["probabilities"]);
  const Outcome tables = run_shell("$fathom predict run shapes.csv swapped.csv", folder);
  CHECK(tables.code == 0);  // the label is no column of theirs
  const Outcome swapped = run_shell("$fathom eval run swapped.csv", folder);
  CHECK(swapped.code == 1);
  CHECK(contains(swapped.err, "expected width, height, in this order"));
}

TEST_CASE("fathom train: the same model for any threads, workers and instruction set") {
  const TemporaryFolder folder;
  const std::string line = "train digits --epochs 5 --dropout 0.3 --json --out ";
  const json expected = last_line(run_shell("$fathom " + line + "a", folder).out)["model_sha256"];
  int n = 0;
  for (const char* how :
       {"--threads 1", "--threads 3", "--threads 8", "--workers 1", "--workers 8"}) {
    CAPTURE(how);
    const Outcome run =
        run_shell("$fathom " + line + "b" + std::to_string(n++) + " " + how, folder);
    CHECK(last_line(run.out)["model_sha256"] == expected);
  }
  CHECK(last_line(run_shell("FATHOM_ISA=avx2 $fathom " + line + "c", folder).out)["model_sha256"] ==
        expected);
}

TEST_CASE("fathom train: an interrupt writes a checkpoint and says how to go on") {
  const TemporaryFolder folder;
  const Outcome stopped = run_shell(
      "$fathom train --epochs 100000 --out run & child=$!\n"
      "while ! [ -s run/log.jsonl ]; do sleep 0.01; done\n"
      "kill -INT $child; wait $child; exit $?",
      folder);
  CAPTURE(stopped.err);
  CHECK(stopped.code == 130);
  CHECK(contains(stopped.err, "fathom train --resume run"));
  // Maybe fewer epochs than are behind it, as the log counts them: those are told.
  const Outcome resumed = run_shell(
      "$fathom train --resume run --epochs 1 >told && grep -q 'all 1 epochs are behind it' told && "
      "grep -q \"; $(grep -c . run/log.jsonl) epochs, \" told",
      folder);
  CHECK(resumed.code == 0);
}

TEST_CASE("fathom train: a full disk ends the run with one message, and what was there stays") {
  const TemporaryFolder folder;
  const Outcome mounted =
      run_shell("mkdir small && mount -t tmpfs -o size=200k none small", folder);
  if (mounted.code != 0) {
    std::cout << "skipped: full disk (mounting a small one needs root)\n";
    return;
  }
  const Outcome full = run_shell("$fathom train --hidden 60 --epochs 4 --out small/run", folder);
  const Outcome rest = run_shell(
      "ls small/run; dd if=/dev/zero of=small/fill bs=1k count=400 2>/dev/null; "
      "cp small/run/checkpoint.safetensors before; "
      "$fathom train --resume small/run --epochs 100; code=$?; "
      "cmp before small/run/checkpoint.safetensors || exit 77; exit $code",
      folder);
  run_shell("umount small", folder);
  CAPTURE(full.err);
  CAPTURE(rest.err);
  CHECK(rest.code == 1);
  CHECK(contains(rest.err, "No space left on device"));
}
