// `fathom tokenize` and `fathom tokenizer`, as a user runs them.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

using namespace fathom;
using nlohmann::json;
using test::Outcome;
using test::run_shell;
using test::TemporaryFolder;

TEST_CASE("tokenize: a tokenizer is learnt, used and compared") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "text.txt",
                       std::string_view("the cat sat on the mat\nthe dog sat on the log\r\n"));
  Outcome done =
      run_shell("$fathom tokenizer train cats.json --model bpe --vocab-size 270 text.txt", folder);
  INFO(done.err);
  REQUIRE(done.code == 0);
  CHECK(done.out == "cats.json: 270 tokens from 2 lines\n");

  CHECK(run_shell("$fathom tokenize cats.json --pieces text.txt", folder).out.starts_with("the"));
  done = run_shell("echo 'the cat é' | $fathom tokenize cats.json --json", folder);
  const json line = json::parse(done.out);
  CHECK(line["decoded"] == "the cat é");
  CHECK(line["ids"].size() == line["offsets"].size());
  CHECK(line["offsets"].back() == json({8, 9}));
  const std::string ids = run_shell("echo 'the cat' | $fathom tokenize cats.json", folder).out;

  std::string commas = ids.substr(0, ids.size() - 1);
  std::replace(commas.begin(), commas.end(), ' ', ',');
  io::write_atomically(folder / "right.jsonl",
                       "{\"text\": \"the cat\", \"ids\": [" + commas + "]}\n");
  CHECK(run_shell("$fathom tokenizer verify cats.json right.jsonl", folder).out ==
        "1 texts, 0 different\n");
  io::write_atomically(folder / "wrong.jsonl",
                       std::string_view("{\"text\": \"the cat\", \"ids\": [1, 2]}\n"));
  done = run_shell("$fathom tokenizer verify cats.json wrong.jsonl", folder);
  CHECK(done.code == 1);
  CHECK(done.out.find("expected  1 2") != std::string::npos);
}

TEST_CASE("tokenize: what makes no sense is told in one line") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "bad.json", std::string_view("{\"model\": {\"type\": \"Magic\"}}"));
  CHECK(run_shell("$fathom tokenize bad.json", folder).code == 1);
  CHECK(run_shell("$fathom tokenize absent.json", folder).code == 1);
  CHECK(run_shell("$fathom tokenize bad.json --ids --json", folder).code == 2);
  CHECK(run_shell("$fathom tokenizer sing x y", folder).code == 2);
  CHECK(run_shell("$fathom tokenize --help", folder).code == 0);
}

TEST_CASE("tokenize: a line that cannot be read is named") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "text.txt", std::string_view("some words\nand more\n"));
  REQUIRE(run_shell("$fathom tokenizer train words.json --vocab-size 260 text.txt", folder).code ==
          0);
  const auto error = [&](const char* command) {
    const Outcome done = run_shell(command, folder);
    CHECK(done.code == 1);
    return done.err;
  };
  const std::string bytes = error("printf 'good\\nb\\377d\\n' | $fathom tokenize words.json");
  CHECK(bytes.find("line: 2") != std::string::npos);
  CHECK(bytes.find("hint: --replace-invalid") != std::string::npos);
  const std::string json_line =
      error("printf '\"good\"\\n{bad\\n' | $fathom tokenize words.json --json-lines");
  CHECK(json_line.find("line: 2") != std::string::npos);
  CHECK(json_line.find("json.exception") == std::string::npos);
  const std::string learnt = error(
      "printf 'good\\nb\\377d\\n' >bad.txt; $fathom tokenizer train out.json text.txt bad.txt");
  CHECK(learnt.find("path: bad.txt     line: 2     at byte: 1") != std::string::npos);
  CHECK(error("$fathom tokenize words.json .").find("Is a directory") != std::string::npos);
}
