// Texts: words and vocabularies, tables and lines of texts, sequences of ids in batches.
#include <cmath>

#include "fathom/data/sequences.h"
#include "fathom/data/texts.h"
#include "fathom/io/json_lines.h"
#include "fathom/text/trainer.h"
#include "fathom/text/words.h"
#include "tests/faults/faults.h"

namespace fathom::test {

namespace {

using data::Ids;

const text::Vocab& small_vocab() {
  static const text::Vocab vocab({{"a", "b", "a"}});
  return vocab;
}
const std::vector<Ids>& three_sequences() {
  static const std::vector<Ids> ids{{1, 2}, {3}, {4, 5, 6}};
  return ids;
}
/// A table with a header.
io::CsvTable table(std::string_view text) {
  return io::parse_csv(text, "table.csv", {.header = io::CsvHeader::present});
}
io::CsvTable reviews() {
  return table("text,label\ngood and fine,yes\nbad and poor,no\nquite good,yes\nvery bad,no\n");
}
data::Texts read_reviews() { return data::texts_of(reviews(), "text", "label"); }

}  // namespace

Faults text_faults() {
  return {
      // words
      fault<IndexError>(
          "a word that a vocabulary has not", [] { small_vocab().id("c"); },
          R"(Vocab::id: a word that is not in the vocabulary
  word: c     words: 2
  hint: default_index is the id of unknown words
  in: @)"),
      fault<IndexError>(
          "words that a vocabulary has not",
          [] {
            small_vocab().ids({"a", "d"});
          },
          R"(Vocab::id: a word that is not in the vocabulary
  word: d     words: 2
  hint: default_index is the id of unknown words
  in: @)"),
      fault<IndexError>(
          "an id that a vocabulary has not", [] { small_vocab().word(2); },
          R"(Vocab::word: the id is out of range
  id: 2
  expected a number in [0, 2)
  in: @)"),
      fault<IndexError>(
          "a negative id of a word", [] { small_vocab().word(-1); },
          R"(Vocab::word: the id is out of range
  id: -1
  expected a number in [0, 2)
  in: @)"),
      fault<ValueError>(
          "sequences of no words",
          [] {
            text::ngrams({"a", "b"}, 0);
          },
          R"(ngrams: n is too small
  n: 0
  expected at least 1
  in: @)"),
      fault<FormatError>(
          "words of a text in Latin-1", [] { text::basic_english("caf\xe9 noir"); },
          R"(basic_english: the text is not UTF-8
  at byte: 3
  expected valid UTF-8
  in: @)"),
      fault<ValueError>(
          "weights of terms that are all too rare",
          [] {
            const std::vector<text::Words> documents{{"a", "b"}, {"c"}};
            text::TfIdf(documents, {.min_documents = 2});
          },
          R"(TfIdf: no term is left
  documents: 2     terms before: 3
  expected a term within min_documents and max_share
  in: @)"),
      // tables and lines
      fault<IoError>(
          "a table of texts that is not there", [] { data::load_texts("/nowhere/reviews.csv"); },
          not_there("/nowhere/reviews.csv")),
      fault<IoError>(
          "JSON lines that are not there", [] { data::load_texts("/nowhere/reviews.jsonl"); },
          not_there("/nowhere/reviews.jsonl")),
      fault<IoError>(
          "lines that are not there", [] { data::load_lines("/nowhere/poems.txt"); },
          not_there("/nowhere/poems.txt")),
      fault<ValueError>(
          "a table without texts",
          [] { data::texts_of(table("width,kind\n1,a\n2,b\n3,a\n4,b\n")); },
          R"(text data: no column holds texts
  file: table.csv
  expected a column where most fields have three words or more
  hint: name it if there is one
  in: @)"),
      fault<ValueError>(
          "a column of texts that is not there", [] { data::texts_of(reviews(), "review"); },
          R"(csv: no such column
  path: table.csv     column: review
  expected one of 0 to 1, text, label
  in: @)"),
      fault<ValueError>(
          "a column of classes that is not there", [] { data::texts_of(reviews(), "text", "2"); },
          R"(csv: no such column
  path: table.csv     column: 2
  expected one of 0 to 1, text, label
  in: @)"),
      fault<ValueError>(
          "texts without a column of classes",
          [] { data::texts_of(table("text\ngood and fine\nbad and poor\n"), "text"); },
          R"(text data: no column holds classes
  file: table.csv
  expected a column beside the texts, with at least two classes
  in: @)"),
      fault<ValueError>(
          "as many classes as texts", [] { data::texts_of(reviews(), "label", "text"); },
          R"(text data: the label column holds 4 classes in 4 rows
  file: table.csv     label: column 1 (text)
  expected at least two classes, each of several rows
  hint: name the label: --label COLUMN
  in: @)"),
      fault<ValueError>(
          "texts of one class",
          [] {
            data::texts_of(table("text,label\ngood and fine,yes\nquite good,yes\n"), "text",
                           "label");
          },
          R"(text data: the label column holds 1 classes in 2 rows
  file: table.csv     label: column 2 (label)
  expected at least two classes, each of several rows
  hint: name the label: --label COLUMN
  in: @)"),
      fault<IndexError>(
          "texts that there are not",
          [] {
            data::select(read_reviews(), {0, 4});
          },
          R"(data::select: row 4 is out of range
  rows: 4
  in: @)"),
      fault<ValueError>(
          "a test part without texts", [] { data::split(read_reviews(), 0, 1); },
          R"(data::split_rows: a part would be empty
  rows: 4     shares: 1.000000, 0.000000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "a test part of more than all texts", [] { data::split(read_reviews(), 1.5, 1); },
          R"(data::split_rows: a share is negative
  rows: 4     shares: -0.500000, 1.500000
  expected fractions that sum to 1, or numbers of rows that sum to all
  in: @)"),
      fault<ValueError>(
          "texts of a class that a model has not",
          [] {
            data::relabel(read_reviews(), {"no", "perhaps"});
          },
          R"(dataset table.csv: class 'yes' is none of the model's
  expected one of no, perhaps
  in: @)"),
      fault<FormatError>(
          "a line that is no JSON",
          [] { io::parse_json_lines("{\"a\": 1}\n{\"a\": \n", "two.jsonl"); },
          R"(JSON lines: parse error at line 1, column 7: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal
  file: two.jsonl:2
  in: @)"),
      fault<FormatError>(
          "a line of JSON that is no object",
          [] { io::parse_json_lines("[1, 2]\n", "list.jsonl"); },
          R"(JSON lines: the line is no object
  file: list.jsonl:1
  expected one like {"text": "..."}
  in: @)"),
      fault<FormatError>(
          "a field of JSON that is a list",
          [] { io::parse_json_lines("{\"a\": 1}\n\n{\"a\": [1]}\n", "list.jsonl"); },
          R"(JSON lines: the value of 'a' is a list or an object
  file: list.jsonl:3
  expected texts, numbers, truth values or null
  in: @)"),
      fault<FormatError>(
          "a field of JSON that the first line has not",
          [] { io::parse_json_lines("{\"a\": 1}\n{\"b\": 2}\n", "keys.jsonl"); },
          R"(JSON lines: the key 'b' is not in the first object
  file: keys.jsonl:2
  expected the same keys on all lines
  in: @)"),
      // sequences
      fault<ValueError>(
          "sequences of a length that is a multiple of nothing",
          [] { data::pad_sequences(three_sequences(), {.multiple = 0}); },
          R"(data::pad_sequences: the options make no length
  multiple: 0     longest: 0
  expected a multiple of at least 1 and a longest of at least 0
  in: @)"),
      fault<ValueError>(
          "sequences cut to less than nothing",
          [] {
            data::sequences(three_sequences(), labels({0, 1, 0}), {.longest = -1});
          },
          R"(data::sequences: the options make no length
  multiple: 1     longest: -1
  expected a multiple of at least 1 and a longest of at least 0
  in: @)"),
      fault<ValueError>(
          "bags filled up to a multiple of nothing",
          [] {
            data::bags(three_sequences(), labels({0, 1, 0}), {.multiple = -8});
          },
          R"(data::bags: the options make no length
  multiple: -8     longest: 0
  expected a multiple of at least 1 and a longest of at least 0
  in: @)"),
      fault<ShapeError>(
          "fewer labels than sequences",
          [] {
            data::sequences(three_sequences(), labels({0, 1}));
          },
          R"(data::sequences: there is not a label for each sequence
  sequences: 3     labels: i64 (2,)
  expected labels i64 (sequences)
  in: @)"),
      fault<ShapeError>(
          "labels of sequences that were never set",
          [] { data::sequences(three_sequences(), Tensor()); },
          R"(data::sequences: there is not a label for each sequence
  sequences: 3     labels: nothing
  expected labels i64 (sequences)
  in: @)"),
      fault<ShapeError>(
          "labels of bags that are no whole numbers",
          [] { data::bags(three_sequences(), zeros({3})); },
          R"(data::bags: there is not a label for each sequence
  sequences: 3     labels: f32 (3,)
  expected labels i64 (sequences)
  in: @)"),
      fault<ValueError>(
          "batches by length of nothing",
          [] { data::by_length(data::lengths_of(three_sequences()), 0); },
          R"(data::by_length: the batches are empty
  batch_size: 0     stretch: 100
  expected at least 1 each
  in: @)"),
      fault<ValueError>(
          "stretches of no batches",
          [] { data::by_length(data::lengths_of(three_sequences()), 2, 0); },
          R"(data::by_length: the batches are empty
  batch_size: 2     stretch: 0
  expected at least 1 each
  in: @)"),
      fault<IndexError>(
          "lengths of more sequences than there are",
          [] {
            data::loader(data::sequences({{1}}, labels({0})),
                         {.batch_sampler = data::by_length(data::lengths_of(three_sequences()), 3)})
                .begin();
          },
          R"(data::loader: row 1 is out of range
  rows: 1
  in: @)"),
      fault<IoError>(
          "samples of lines that are not there",
          [] {
            const auto text = data::lines(
                {"/nowhere/poems.txt"}, [](const std::string& line) { return line.size(); },
                [](const std::vector<std::size_t>& sizes) { return sizes.size(); });
            data::loader(text).begin();
          },
          not_there("/nowhere/poems.txt")),
      fault<IndexError>(
          "a line that its parser refuses",
          [] {
            const auto words = data::lines(
                {FATHOM_TEST_SOURCE "/main.cpp"},
                [](const std::string& line) { return small_vocab().id(line); },
                [](const Ids& ids) { return ids.size(); });
            data::loader(words).begin();
          },
          R"(Vocab::id: a word that is not in the vocabulary
  word: #define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN     words: 2     line: )" FATHOM_TEST_SOURCE
          R"(/main.cpp:1
  hint: default_index is the id of unknown words
  in: @)"),
      // batches for language models
      fault<ValueError>(
          "a random share below nothing",
          [] { data::MaskedLanguageCollator({.mask_id = 1, .vocabulary = 10, .random = -0.1}); },
          R"(data::MaskedLanguageCollator: random is -0.1
  expected a share in [0, 1]
  in: @)"),
      fault<ValueError>(
          "masked and random tokens that are more than all",
          [] {
            data::MaskedLanguageCollator(
                {.mask_id = 1, .vocabulary = 10, .masked = 0.75, .random = 0.5});
          },
          R"(data::MaskedLanguageCollator: masked + random is 1.25
  expected a share in [0, 1]
  in: @)"),
      fault<ValueError>(
          "tokens to be told with a chance of NaN",
          [] {
            data::MaskedLanguageCollator(
                {.mask_id = 1, .vocabulary = 10, .probability = std::nan("")});
          },
          R"(data::MaskedLanguageCollator: probability is nan
  expected a share in [0, 1]
  in: @)"),
      fault<ValueError>(
          "a sequence to be masked that is too long",
          [] {
            data::loader(
                data::token_source({{1, 2, 3, 4}},
                                   data::MaskedLanguageCollator(
                                       {.mask_id = 1, .vocabulary = 10, .padding = {.length = 3}})))
                .begin();
          },
          R"(data::MaskedLanguageCollator: a sequence of 4 tokens
  expected at most padding.length, 3
  hint: truncate it when it is made of a text
  in: @)"),
      // tokenizers that are learnt
      fault<FormatError>(
          "a text to learn from that is not UTF-8",
          [] {
            const auto like = text::Tokenizer::from_json(R"({"model": {"type": "BPE",
                "vocab": {}, "merges": []}})");
            text::train(like, text::ModelKind::bpe, {}, std::vector<std::string>{"good", "b\377d"});
          },
          R"(train: the text is not UTF-8
  at byte: 1     text: 1
  expected valid UTF-8
  hint: text::repaired_utf8 puts U+FFFD for what is not
  in: @)"),
      fault<IoError>(
          "a text to learn from that is not there",
          [] { text::lines_of_file("/nowhere/poems.txt"); }, not_there("/nowhere/poems.txt")),
  };
}

}  // namespace fathom::test
