// Texts: tables of any kind, which column is what, sequences in batches, lines of large files.
#include "fathom/data/texts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>

#include "fathom/core/error.h"
#include "fathom/data/sequences.h"
#include "fathom/io/gzip.h"
#include "fathom/io/json_lines.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/reduce.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;
using test::TemporaryFolder;

namespace {

constexpr const char* reviews =
    "review,sentiment\n"
    "\"What a film, I loved it\",positive\n"
    "I was bored to tears,negative\n"
    "\"He said \"\"go\"\" and I went\",negative\n"
    "The best of the whole year,positive\n";

std::vector<std::int64_t> numbers(const Tensor& t) { return t.to_vector<std::int64_t>(); }

/// FATHOM_DATA is another folder within the scope.
class DataFolder {
 public:
  explicit DataFolder(const std::string& path) {
    if (const char* before = std::getenv("FATHOM_DATA")) before_ = before;
    ::setenv("FATHOM_DATA", path.c_str(), 1);
  }
  ~DataFolder() {
    before_ ? ::setenv("FATHOM_DATA", before_->c_str(), 1) : ::unsetenv("FATHOM_DATA");
  }

 private:
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("texts: a table tells which column holds texts, and which classes") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "reviews.csv", reviews);
  const data::Texts csv = data::load_texts(folder / "reviews.csv");
  CHECK(csv.text_column == "review");
  CHECK(csv.class_names == std::vector<std::string>{"negative", "positive"});
  CHECK(csv.texts[2] == "He said \"go\" and I went");
  CHECK(numbers(csv.labels) == std::vector<std::int64_t>{1, 0, 0, 1});

  io::write_atomically(folder / "rows.jsonl",
                       "{\"id\": 1, \"text\": \"one two three\", \"label\": 0}\n\n"
                       "{\"label\": 1, \"text\": \"four \\\"five\\\" six\", \"id\": 2}\n"
                       "{\"id\": 3, \"text\": \"seven eight nine\", \"label\": 1}\n"
                       "{\"id\": 4, \"text\": \"ten eleven twelve\", \"label\": 0}\n");
  const data::Texts lines = data::load_texts(folder / "rows.jsonl");
  CHECK(lines.texts[1] == "four \"five\" six");
  CHECK(numbers(lines.labels) == std::vector<std::int64_t>{0, 1, 1, 0});

  // Without quoting, as tab-separated files mostly are.
  io::write_atomically(folder / "plain.tsv",
                       "a\t\"Bad\" is the word for it\nb\tit is \"good\", I say\n"
                       "a\tno, no, and no\nb\tyes, yes, and yes\n");
  const data::Texts tabs = data::load_texts(folder / "plain.tsv");
  CHECK(tabs.texts[0] == "\"Bad\" is the word for it");
  CHECK(tabs.class_names == std::vector<std::string>{"a", "b"});
  CHECK(tabs.text_column.empty());
}

TEST_CASE("texts: what is no text is refused") {
  const io::CsvTable table = io::parse_csv("x,y\n1,2\n3,4\n5,6\n", "t.csv");
  CHECK(!data::text_column(table));
  CHECK(error_text<ValueError>([&] { data::texts_of(table); }).find("no column holds texts") == 11);
  const io::CsvTable films = io::parse_csv(reviews, "t.csv");
  CHECK(error_text<ValueError>([&] {
          data::texts_of(films, "0", "0");
        }).starts_with("text data: texts and labels are of one column"));
  CHECK(error_text<FormatError>([] {
          io::parse_json_lines("{\"a\": 1}\n{\"b\": 1}\n", "f");
        }).find("f:2") != std::string::npos);
  CHECK(error_text<FormatError>([] { io::parse_json_lines("[1]\n"); }).find("no object") !=
        std::string::npos);
}

TEST_CASE("texts: parts have the classes in the proportions of the whole") {
  data::Texts all{.name = "t", .texts = {}, .labels = {}, .class_names = {"a", "b"}};
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 50; ++i) {
    all.texts.push_back("text " + std::to_string(i));
    labels.push_back(i < 40 ? 0 : 1);
  }
  all.labels = Tensor::from(labels);
  const auto [train, test] = data::split(all, 0.2, 3);
  CHECK(train.size() == 40);
  CHECK(sum(test.labels).item() == 2);
  CHECK(data::split(all, 0.2, 3).test.texts == test.texts);
  const data::Texts other = data::relabel(test, {"b", "a"});
  CHECK(sum(other.labels).item() == 8);
}

TEST_CASE("texts: IMDB as it was published, and a part of it") {
  const TemporaryFolder data;
  const DataFolder scope(data.path().string());
  const auto write = [&](const std::string& name, const std::string& text) {
    const std::string path = data / ("aclImdb/" + name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    io::write_atomically(path, text);
  };
  for (const char* name : {"train/neg/7_1.txt", "train/neg/10_2.txt", "train/pos/0_9.txt"})
    write(name, name);
  CHECK(error_text<IoError>([] {
          data::imdb();
        }).starts_with("data set imdb: the folder is missing\n  folder: " + data / "aclImdb/test"));
  write("test/neg/0_1.txt", "dull");
  write("test/pos/0_8.txt", "lively");
  const auto [train, test] = data::imdb();
  CHECK(train.texts ==
        std::vector<std::string>{"train/neg/10_2.txt", "train/neg/7_1.txt", "train/pos/0_9.txt"});
  CHECK(numbers(train.labels) == std::vector<std::int64_t>{0, 0, 1});
  CHECK(test.texts == std::vector<std::string>{"dull", "lively"});
}

TEST_CASE("sequences: padded, cut, and as bags") {
  const std::vector<data::Ids> ids{{1, 2, 3}, {}, {4}};
  CHECK(equal(data::pad_sequences(ids, {.value = 9}),
              tensor<std::int64_t>({{1, 2, 3}, {9, 9, 9}, {4, 9, 9}})));
  CHECK(data::pad_sequences(ids, {.longest = 2, .multiple = 4}).shape() == Shape{3, 4});
  CHECK(numbers(data::lengths_of(ids, 2)) == std::vector<std::int64_t>{2, 0, 1});
  const Tensor labels = tensor<std::int64_t>({0, 1, 0});
  for (const data::Bags& b : data::loader(data::bags(ids, labels, {.multiple = 8}), {})) {
    CHECK(numbers(b.tokens) == std::vector<std::int64_t>{1, 2, 3, 4, 0, 0, 0, 0});
    CHECK(numbers(b.offsets) == std::vector<std::int64_t>{0, 3, 3, 4});
    CHECK(data::rows_in(b) == 3);
  }
  CHECK_THROWS_AS(data::sequences(ids, tensor<std::int64_t>({0})), ShapeError);
  CHECK_THROWS_AS(data::pad_sequences(ids, {.multiple = 0}), ValueError);
  CHECK(error_text<ValueError>([&] {
          data::bags(ids, labels, {.longest = -1});
        }).starts_with("data::bags: the options make no length"));
}

TEST_CASE("sequences: batches and stretches may be longer than all rows") {
  const Tensor lengths = tensor<std::int64_t>({3, 1, 2});
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(data::by_length(lengths, most, most).draw(0, 0) == std::vector<data::Ids>{{1, 2, 0}});
  CHECK(data::by_length(lengths, 1, most).draw(0, 0).size() == 3);
  CHECK(data::by_length(Tensor::from(data::Ids()), 4).draw(0, 0).empty());
}

TEST_CASE("sequences: batches by length hold every row once and pad little") {
  std::vector<data::Ids> ids;
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 1000; ++i) {
    ids.emplace_back(static_cast<std::size_t>(1 + i * 7919 % 200), i);
    labels.push_back(i);
  }
  const auto source = data::sequences(ids, Tensor::from(labels));
  std::vector<std::int64_t> first;
  for (const int workers : {0, 3}) {
    data::LoaderOf<data::Sequence> loader(
        source, {.workers = workers,
                 .seed = 5,
                 .batch_sampler = data::by_length(data::lengths_of(ids), 32, 50)});
    std::vector<std::int64_t> seen;
    std::int64_t padded = 0;
    for (const data::Sequence& batch : loader) {
      const auto rows = numbers(batch.labels);
      seen.insert(seen.end(), rows.begin(), rows.end());
      padded += batch.tokens.size() - static_cast<std::int64_t>(sum(batch.lengths).item());
    }
    CHECK(padded < 10000);  // of 100,000 ids
    if (first.empty()) first = seen;
    CHECK(seen == first);
    std::ranges::sort(seen);
    CHECK(seen == labels);
  }
}

TEST_CASE("lines: files are read as they come, plain or packed") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 30000; ++i) text += std::to_string(i) + (i % 2 ? "\r\n" : "\n");
  io::write_atomically(folder / "a.txt", text);
  io::write_atomically(folder / "b.txt.gz", io::gzip(io::as_bytes(text + "30000")));
  const auto parse = [](const std::string& line) {
    if (line == "30000") throw ValueError({.operation = "parse", .problem = "too large"});
    return std::stoll(line);
  };
  const auto collate = [](const std::vector<long long>& list) {
    return Tensor::from(std::vector<std::int64_t>(list.begin(), list.end()));
  };
  data::LoaderOf<Tensor> loader(
      data::lines({folder / "a.txt", folder / "b.txt.gz"}, parse, collate),
      {.batch_size = 1000, .workers = 2});
  std::int64_t next = 0;
  const std::string error = error_text<ValueError>([&] {
    for (const Tensor& batch : loader)
      for (const std::int64_t i : numbers(batch)) REQUIRE(i == next++ % 30000);
  });
  CHECK(next == 60000);
  CHECK(error.find("b.txt.gz:30001") != error.npos);
}
