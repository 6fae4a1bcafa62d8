// Data sets, tables of text and their columns, pictures from files.
#include "fathom/data/picture.h"
#include "fathom/io/png.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

io::CsvTable flowers() { return io::parse_csv("width,kind\n1,a\n2,b\n3,a\n", "flowers.csv"); }
/// Two rows that are as they should be.
data::Dataset good() {
  data::Dataset d;
  d.name = "mine";
  d.inputs = zeros({2, 3});
  d.labels = labels({0, 1});
  d.class_names = {"a", "b"};
  d.sample_shape = {3};
  return d;
}
/// A check of these rows after a change.
template <class E, class F>
Fault unchecked(std::string name, F change, std::string text, Where row = Where::current()) {
  return fault<E>(
      std::move(name),
      [=] {
        data::Dataset d = good();
        change(d);
        data::check(d, row);
      },
      std::move(text), row);
}

}  // namespace

Faults dataset_faults() {
  using data::Column;
  using data::Missing;
  using data::TableEncoder;
  return {
      fault<ValueError>(
          "a data set of an unknown name", [] { data::load("minst"); },
          R"(data::load: there is no data set minst
  expected digits, iris, mnist, fashion_mnist, cifar10 or cifar100
  in: @)"),
      fault<IoError>(
          "neither a data set nor a file", [] { data::open("digist"); },
          R"(data: there is no data set and no file of this name
  name: digist
  expected digits, iris, mnist, fashion_mnist, cifar10, cifar100 or a CSV file
  in: @)"),
      fault<IndexError>(
          "rows of a data set that it has not",
          [] { data::select(data::iris().test, std::vector<std::int64_t>{30}); },
          R"(data::gather_rows: row 30 is out of range
  rows: 30
  in: @)"),
      fault<IndexError>(
          "rows of a tensor that it has not",
          [] {
            data::gather_rows(zeros({3, 2}), std::vector<std::int64_t>{-1});
          },
          R"(data::gather_rows: row -1 is out of range
  rows: 3
  in: @)"),
      fault<ValueError>(
          "a test part of nothing", [] { data::split(data::iris().train, 0, 1); },
          R"(data::split: a part would be empty
  rows: 120     test share: 0.000000
  expected a share above 0 and below 1 that leaves a row for training
  in: @)"),
      fault<ValueError>(
          "a test part of NaN", [] { data::split(data::iris().train, std::nan(""), 1); },
          R"(data::split: a part would be empty
  rows: 120     test share: nan
  expected a share above 0 and below 1 that leaves a row for training
  in: @)"),
      fault<ValueError>(
          "a test part of rows instead of a share", [] { data::split(good(), 1, 1); },
          R"(data::split: a part would be empty
  rows: 2     test share: 1.000000
  expected a share above 0 and below 1 that leaves a row for training
  in: @)"),
      fault<ValueError>(
          "the size of a data set that was never set", [] { data::Dataset().size(); },
          empty_tensor("size")),
      fault<ShapeError>(
          "deviations of a list", [] { data::Preprocessing::standardize(zeros({3})); },
          R"(data::Preprocessing::standardize: these are no rows of numbers
  rows: f32 (3,)
  expected f32 (N, features)
  in: @)"),
      fault<DTypeError>(
          "deviations of bytes",
          [] {
            data::Preprocessing::standardize(zeros({3, 2}, DType::u8));
          },
          R"(data::Preprocessing::standardize: these are no rows of numbers
  rows: u8 (3, 2)
  expected f32 (N, features)
  in: @)"),
      unchecked<ShapeError>(
          "as many labels as there are rows", [](auto& d) { d.labels = labels({0}); },
          R"(dataset mine: inputs and labels do not fit
  inputs: (2, 3)     labels: (1,)
  expected (N, ...) and (N,)
  in: @)"),
      unchecked<DTypeError>(
          "labels of a small type", [](auto& d) { d.labels = zeros({2}, DType::i32); },
          R"(dataset mine: labels are i32
  expected i64
  in: @)"),
      unchecked<IndexError>(
          "a label without a name",
          [](auto& d) {
            d.labels = labels({0, 2});
          },
          R"(dataset mine: label 2 in row 1 is out of range
  expected 0 to 1
  in: @)"),
      unchecked<ShapeError>(
          "samples of another shape",
          [](auto& d) {
            d.sample_shape = {2, 2};
          },
          R"(dataset mine: the shape of a sample does not fit its features
  sample: (2, 2)     inputs: (2, 3)
  in: @)"),
      unchecked<ValueError>(
          "a data set of no rows",
          [](auto& d) {
            d.inputs = zeros({0, 3});
            d.labels = zeros({0}, DType::i64);
          },
          R"(dataset mine: there are no rows
  in: @)"),
      fault<ValueError>(
          "a class that the model does not know",
          [] {
            data::relabel(good(), {"a", "c"});
          },
          R"(dataset mine: class 'b' is none of the model's
  expected one of a, c
  in: @)"),
      fault<IoError>(
          "a table that is not there", [] { data::load_csv("/nothing.csv"); },
          not_there("/nothing.csv")),
      fault<ValueError>(
          "a label column that is not there", [] { data::from_table(flowers(), "species"); },
          R"(csv: no such column
  path: flowers.csv     column: species
  expected one of 0 to 1, width, kind
  in: @)"),
      fault<ValueError>(
          "a table of one class", [] { data::from_table(io::parse_csv("1,a\n2,a\n3,a\n")); },
          R"(CSV data: the label column holds a single class
  file: (memory)     label: column 2
  hint: name the label: --label COLUMN
  in: @)"),
      fault<ValueError>(
          "measurements for a label",
          [] { data::from_table(io::parse_csv("1,2\n2,3\n3,4\n4,5\n")); },
          R"(CSV data: the label column holds 4 classes in 4 rows
  file: (memory)     label: column 2
  hint: classes are learnt, not measurements: name the label with --label COLUMN
  in: @)"),
      fault<ValueError>(
          "a table of labels alone", [] { data::from_table(io::parse_csv("a\nb\na\n")); },
          R"(CSV data: the table has no columns but the label
  file: (memory)     label: column 1
  hint: columns are separated by commas, in a file named .tsv by tabs
  in: @)"),
      fault<ValueError>(
          "a table of nothing", [] { data::from_table(io::parse_csv("")); }, R"(csv: no such column
  path: (memory)     column: -1
  expected a table with columns
  in: @)"),
      fault<FormatError>(
          "a word for a feature", [] { data::from_table(io::parse_csv("1,a\nx,b\n3,a\n4,b\n")); },
          R"(csv: not a finite number
  path: (memory)     line: 2     at: column 1     got: 'x'
  expected a number like 1, -2.5 or 3e-4
  in: @)"),
      fault<ValueError>(
          "the mean of categories",
          [] {
            TableEncoder({{"kind", Column::one_hot, Missing::mean}});
          },
          R"(data::TableEncoder: this way to fill missing fields does not suit the column
  column: kind
  expected mean and median for numbers, own_category for categories
  in: @)"),
      fault<ValueError>(
          "rules for a label that is not there",
          [] { TableEncoder::rules_for(flowers(), "species"); }, R"(csv: no such column
  path: flowers.csv     column: species
  expected one of 0 to 1, width, kind
  in: @)"),
      fault<ValueError>(
          "a rule for a column that is not there",
          [] {
            TableEncoder encoder({{.column = "height"}});
            encoder.fit(flowers());
          },
          R"(csv: no such column
  path: flowers.csv     column: height
  expected one of 0 to 1, width, kind
  in: @)"),
      fault<FormatError>(
          "numbers in a column of words",
          [] {
            TableEncoder encoder({{.column = "kind"}});
            encoder.fit(flowers());
          },
          R"(csv: not a finite number
  path: flowers.csv     line: 2     at: column 1 (kind)     got: 'a'
  expected a number like 1, -2.5 or 3e-4
  in: @)"),
      fault<ValueError>(
          "a missing field that nothing stands for",
          [] {
            TableEncoder encoder({{.column = "width"}});
            encoder.fit(io::parse_csv("width,kind\n1,a\n?,b\n", "gaps.csv"));
          },
          R"(data::TableEncoder: fields are missing
  file: gaps.csv     at: column 1 (width)
  hint: say what stands for them: Missing::mean, most_frequent, ...; or drop_missing(table)
  in: @)"),
      fault<ValueError>(
          "a column of which nothing is there",
          [] {
            TableEncoder encoder({{"width", Column::number, Missing::mean}});
            encoder.fit(io::parse_csv("width,kind\n?,a\n?,b\n", "gaps.csv",
                                      {.header = io::CsvHeader::present}));
          },
          R"(data::TableEncoder: there is no field to learn from
  file: gaps.csv     at: column 1 (width)
  in: @)"),
      fault<ValueError>(
          "a table before anything was learned",
          [] { TableEncoder({{.column = "width"}})(flowers()); },
          R"(data::TableEncoder: nothing has been learned yet
  hint: call fit(table) on the training part first
  in: @)"),
      fault<FormatError>(
          "a category that nobody has seen",
          [] {
            TableEncoder encoder({{"kind", Column::one_hot}});
            encoder.fit(flowers());
            encoder(io::parse_csv("width,kind\n1,c\n", "more.csv"));
          },
          R"(data::TableEncoder: a category that was not learned
  path: more.csv     line: 2     at: column 2 (kind)     got: 'c'
  hint: Unknown::zero lets it pass as no category at all
  in: @)"),
      fault<ValueError>(
          "the categories of numbers",
          [] {
            TableEncoder encoder({{.column = "width"}});
            encoder.fit(flowers());
            encoder.categories("width");
          },
          R"(data::TableEncoder: this is no column of categories that were learned
  column: width
  in: @)"),
      fault<ValueError>(
          "rows without gaps in a column that is not there",
          [] { data::drop_missing(flowers(), {"height"}); }, R"(csv: no such column
  path: flowers.csv     column: height
  expected one of 0 to 1, width, kind
  in: @)"),
      fault<IoError>(
          "a picture to read that is not there",
          [] {
            data::load_picture("/nothing.png", {.size = {8, 8}});
          },
          not_there("/nothing.png")),
      fault<ShapeError>(
          "a picture of other proportions",
          [] {
            io::save_png("/tmp/fathom-fault.png", zeros({4, 6}, DType::u8));
            data::load_picture("/tmp/fathom-fault.png", {.size = {8, 8}});
          },
          R"(picture /tmp/fathom-fault.png: its proportions are not those of the model's pictures
  picture: 6 x 4
  expected 8 x 8, or a multiple of it
  hint: cut the picture so that it shows one thing, as in training
  in: @)"),
      fault<ValueError>(
          "an order of fewer rows than none", [] { data::permutation(-1, 0, 0); },
          R"(data::permutation: n is -1
  expected at least 0
  in: @)"),
  };
}

}  // namespace fathom::test
