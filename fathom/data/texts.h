// Labelled texts in memory, and where they come from: tables, lines, well-known collections.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/data/dataset.h"
#include "fathom/io/csv.h"

namespace fathom::data {

/// Texts with a class each.
struct Texts {
  std::string name;  ///< "imdb", or the file's
  std::vector<std::string> texts;
  Tensor labels;                         ///< i64 (N,)
  std::vector<std::string> class_names;  ///< of labels 0, 1, 2...
  std::string text_column = {};          ///< of a table with a header

  std::int64_t size() const { return static_cast<std::int64_t>(texts.size()); }
  std::int64_t classes() const { return static_cast<std::int64_t>(class_names.size()); }
  /// Memory that the texts take.
  std::size_t bytes() const;
};

/// A training part and a test part.
struct TextSplit {
  Texts train, test;
};

/// The texts with these numbers. Errors: IndexError.
Texts select(const Texts& texts, const std::vector<std::int64_t>& rows,
             Where where = Where::current());
/// Cuts texts in two, with the classes in the proportions of the whole: `test_share` of each, drawn
/// by `seed`, are the test part. Errors: ValueError unless both parts get a text.
TextSplit split(const Texts& texts, double test_share, std::uint64_t seed,
                Where where = Where::current());
/// The same texts with the labels counted in another order of the class names.
/// Errors: ValueError for a class that is not among them.
Texts relabel(Texts texts, const std::vector<std::string>& class_names,
              Where where = Where::current());

/// Whether a file's name is that of a table that load_text_table reads.
bool is_text_table(const std::string& path);
/// A table of any file with rows: .csv, .tsv, .jsonl (or .ndjson), plain or gzip. A .tsv file whose
/// quotes make no sense by RFC 4180 has none: there a quote is a character like others. The first
/// row is a header if io::load_csv says so, or if none of its fields comes again in its column and
/// none has more than three words. Errors: those of io::load_csv and io::load_json_lines.
io::CsvTable load_text_table(const std::string& path, Where where = Where::current());
/// The column that holds texts: of those where most fields have at least three words and hardly two
/// are alike, the one with the most words; `label` is left out. Nothing if there is none.
std::optional<std::size_t> text_column(const io::CsvTable& table,
                                       std::optional<std::size_t> label = {});

/// Texts of a table. `text` and `label` are columns by name or number, as io::CsvTable::column
/// takes them; empty: text_column(), and of the other columns that with the fewest different
/// fields, the last of equals.
/// Errors: ValueError without such columns, for one that is both, and for fewer than two classes.
Texts texts_of(const io::CsvTable& table, std::string_view text = "", std::string_view label = "",
               Where where = Where::current());
/// texts_of(load_text_table(path), text, label).
Texts load_texts(const std::string& path, std::string_view text = "", std::string_view label = "",
                 Where where = Where::current());
/// The lines of a file that have more than blanks, without those at their ends. Errors: IoError.
std::vector<std::string> load_lines(const std::string& path, Where where = Where::current());

/// Reviews of films, "negative" or "positive", from $FATHOM_DATA: text/imdb-train-5000.tsv.gz and
/// text/imdb-test-5000.tsv.gz, or else the whole collection as it was published, aclImdb/train/pos
/// and so on, a file a review. Errors: IoError. Source: Maas et al. 2011.
TextSplit imdb(Where where = Where::current());
/// Sentences of reviews of films, "negative" or "positive", from $FATHOM_DATA/text/rt-polarity.neg
/// and .pos; a tenth, the same for everybody, is the test part. Errors: IoError. Source: Pang and
/// Lee 2005.
TextSplit rotten_tomatoes(Where where = Where::current());
/// A million characters of Shakespeare's plays, from $FATHOM_DATA/text/tinyshakespeare.txt.
/// Errors: IoError.
std::string tiny_shakespeare(Where where = Where::current());

}  // namespace fathom::data
