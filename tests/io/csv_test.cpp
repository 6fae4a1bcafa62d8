#include "fathom/io/csv.h"

#include <cmath>

#include "fathom/io/gzip.h"
#include "support.h"

using namespace fathom;
using namespace fathom::test;
using Fields = std::vector<std::string>;

namespace {

std::string csv_refusal(const std::string& text, io::CsvOptions options = {}) {
  return error_text<FormatError>([&] { io::parse_csv(text, "a.csv", options); });
}

std::string bad_number(const std::string& field) {
  const auto table =
      io::parse_csv("x,y\n1,\"" + field + "\"\n", "a.csv", {.header = io::CsvHeader::present});
  return error_text<FormatError>([&] { io::columns_to_f32(table, {0, 1}); });
}

float number(const std::string& field) {
  return io::columns_to_f32(io::parse_csv(field + ",x", "", {.header = io::CsvHeader::absent}), {0})
      .to_vector<float>()[0];
}

}  // namespace

TEST_CASE("csv: the rules of RFC 4180") {
  const auto table = io::parse_csv(
      "\xef\xbb\xbf"
      "name,size\r\n\"a, b\",1\r\n\r\n\"line\nbreak\",2\n\"say \"\"hi\"\"\",3\n,4");
  CHECK(table.header == Fields{"name", "size"});
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[0].fields == Fields{"a, b", "1"});
  CHECK(table.rows[0].line == 2);
  CHECK(table.rows[1].fields == Fields{"line\nbreak", "2"});
  CHECK(table.rows[1].line == 4);
  CHECK(table.rows[2].fields == Fields{"say \"hi\"", "3"});
  CHECK(table.rows[2].line == 6);
  CHECK(table.rows[3].fields == Fields{"", "4"});
  CHECK(io::parse_csv("").rows.empty());
  CHECK(io::parse_csv("\n\n").rows.empty());
  CHECK(io::parse_csv("1,2,\n").rows[0].fields == Fields{"1", "2", ""});
  CHECK(io::parse_csv("a;b\n1;2\n", "", {.delimiter = ';'}).header == Fields{"a", "b"});
  CHECK(io::parse_csv("a\tb\n1\t2\n", "rows.tsv").header == Fields{"a", "b"});
  CHECK(io::parse_csv("178,13\na,b\n1,2\n", "", {.skip_rows = 1}).header == Fields{"a", "b"});
}

TEST_CASE("csv: a header is found or asked for") {
  CHECK(io::parse_csv("a,b\n1,2\n").header.size() == 2);
  CHECK(io::parse_csv("5.1,setosa\n4.9,setosa\n").header.empty());
  CHECK(io::parse_csv("a,b\nc,d\n").header.empty());  // nothing tells it from data
  CHECK(io::parse_csv("a,b\n?,c\n1,d\n").header.size() == 2);
  CHECK(io::parse_csv("1,2\n3,4\n", "", {.header = io::CsvHeader::present}).header ==
        Fields{"1", "2"});
  CHECK(io::parse_csv("a,b\n1,2\n", "", {.header = io::CsvHeader::absent}).rows.size() == 2);
}

TEST_CASE("csv: broken files say what is wrong and where") {
  CHECK(csv_refusal("1,2\n3\n") ==
        "csv: rows of different lengths\n  path: a.csv     line: 2     fields: 1"
        "\n  expected 2 fields, as in line 1"
        "\n  hint: a wrong delimiter, an unquoted delimiter in a text, or a first line to skip?");
  CHECK(csv_refusal("a,b\n1,2\n1,2,3\n").find("expected 2 fields, as in the header") !=
        std::string::npos);
  CHECK(csv_refusal("1,\"open\n2,3\n") ==
        "csv: a quote that is never closed\n  path: a.csv     line: 1     column: 2"
        "\n  hint: is a closing quote missing?");
  CHECK(csv_refusal("1,2\n1,a\"b\n") ==
        "csv: a quote inside a plain field\n  path: a.csv     line: 2     column: 2"
        "\n  hint: put the whole field in quotes and write the quote twice");
  CHECK(csv_refusal("\"a\"b,2\n").starts_with("csv: text after a closing quote"));
  CHECK(csv_refusal(std::string("1,\0002\n", 5)).starts_with("csv: a NUL byte"));
}

TEST_CASE("csv: numbers") {
  const auto table = io::parse_csv("a,b,c\n1,x,-2.5e-3\n +7 ,y,1e38\n");
  const Tensor tensor = io::columns_to_f32(table, {2, 0});
  CHECK(tensor.shape() == Shape{2, 2});
  CHECK(tensor.to_vector<float>() == std::vector<float>{-2.5e-3f, 1, 1e38f, 7});
  CHECK(number("1e-45") == 1e-45f);
  CHECK(number("1e-60") == 0.0f);
  CHECK(number("-1e-400") == 0.0f);
  CHECK(number("16777217.0000001") == 16777218.0f);  // rounded once, not through double
  CHECK(bad_number("abc") ==
        "csv: not a finite number\n  path: a.csv     line: 2     at: column 2 (y)     got: 'abc'"
        "\n  expected a number like 1, -2.5 or 3e-4");
  CHECK(bad_number("").starts_with("csv: an empty field"));
  CHECK(bad_number("nan").starts_with("csv: not a finite number"));
  CHECK(bad_number("inf").starts_with("csv: not a finite number"));
  CHECK(bad_number("1 2").starts_with("csv: not a finite number"));
  CHECK(bad_number("+-1").starts_with("csv: not a finite number"));
  CHECK(bad_number("1e39").starts_with("csv: a number too large for f32"));
  CHECK(bad_number("1e999").starts_with("csv: a number too large for f32"));
  CHECK_THROWS_AS(io::columns_to_f32(table, {3}), IndexError);
}

TEST_CASE("csv: columns by name and number, and classes") {
  const auto table = io::parse_csv("size,kind\n1,b\n2,a\n3,b\n", "a.csv");
  CHECK(table.column("kind") == 1);
  CHECK(table.column("-1") == 1);
  CHECK(io::parse_csv("size, kind\n1, b\n").column("kind") == 1);
  CHECK(table.column("0") == 0);
  CHECK(error_text<ValueError>([&] { table.column("colour"); }) ==
        "csv: no such column\n  path: a.csv     column: colour\n  expected one of 0 to 1, size, "
        "kind");
  const auto [classes, names] = io::column_to_classes(table, 1);
  CHECK(classes.to_vector<std::int64_t>() == std::vector<std::int64_t>{1, 0, 1});
  CHECK(names == Fields{"a", "b"});
  const auto digits = io::column_to_classes(io::parse_csv("10,x\n9,x\n"), 0);
  CHECK(digits.second == Fields{"9", "10"});
  CHECK(error_text<FormatError>(
            [] { io::column_to_classes(io::parse_csv("1,a\n2,\n", "a.csv"), 1); }) ==
        "csv: an empty label\n  path: a.csv     line: 2     at: column 2"
        "\n  expected the name or number of a class");
}

TEST_CASE("csv: a round trip") {
  io::CsvTable table;
  table.header = {"plain", "with, comma"};
  table.rows = {{0, {"a\"b", "line\r\nbreak"}}, {0, {"", " 1 "}}};
  CHECK(io::csv_text(table) == "plain,\"with, comma\"\r\n\"a\"\"b\",\"line\r\nbreak\"\r\n, 1 \r\n");
  const TemporaryFolder folder;
  for (const char* name : {"a.csv", "a.csv.gz"}) {
    io::save_csv(folder / name, table);
    const auto read = io::load_csv(folder / name, {.header = io::CsvHeader::present});
    CHECK(read.header == table.header);
    REQUIRE(read.rows.size() == 2);
    CHECK(read.rows[0].fields == table.rows[0].fields);
    CHECK(read.rows[1].fields == table.rows[1].fields);
  }
  io::CsvTable lonely;
  lonely.rows = {{0, {""}}, {0, {"x"}}};
  CHECK(io::parse_csv(io::csv_text(lonely)).rows.size() == 2);
  lonely.rows.push_back({0, {"a", "b"}});
  CHECK_THROWS_AS(io::csv_text(lonely), ValueError);
}

TEST_CASE("csv: damaged files give typed errors only") {
  const std::string text = "a,b,c\r\n1,\"x, y\",2.5\r\n-3e2,\"\"\"q\"\"\n\",+4\r\n5,z,6\n";
  const auto parse = [](io::ByteView bytes) {
    const auto table =
        io::parse_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "a.csv");
    if (table.columns() == 0) return;
    io::columns_to_f32(table, {table.columns() - 1});
    io::column_to_classes(table, 0);
  };
  CHECK(damage({text.begin(), text.end()}, 4000, parse) > 500);
}

TEST_CASE("csv: real tables") {
  if (const auto path = data_file("csv: real tables", "tabular/digits.csv.gz"); !path.empty()) {
    const auto digits = io::load_csv(path);
    CHECK(digits.header.empty());
    CHECK(digits.rows.size() == 1797);
    CHECK(io::column_to_classes(digits, 64).second.size() == 10);
    CHECK(io::columns_to_f32(digits, {0, 1, 2}).shape() == Shape{1797, 3});
    const auto iris = io::load_csv(data_file("", "iris/iris.data"));
    CHECK(iris.rows.size() == 150);
    CHECK(io::column_to_classes(iris, iris.column("-1")).second.size() == 3);
    CHECK(error_text<FormatError>([&] {
            io::load_csv(data_file("", "tabular/wine_data.csv"));
          }).find("line: 2     fields: 14") != std::string::npos);
    CHECK(io::load_csv(data_file("", "tabular/wine_data.csv"), {.skip_rows = 1}).rows.size() ==
          178);
  }
}
