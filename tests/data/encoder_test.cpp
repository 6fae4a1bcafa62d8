// Typed columns: numbers, categories, missing values, and that what was learned is applied.
#include "fathom/data/encoder.h"

#include <doctest/doctest.h>

#include "fathom/core/error.h"
#include "tests/contains.h"
#include "tests/io/support.h"

using namespace fathom;
using data::Column;
using data::Missing;
using test::contains;
using test::error_text;

namespace {

const io::CsvTable people = io::parse_csv(
    "age,port,class,note\n"
    "20,S,3,\"a, b\"\n"
    "NA,C,1,x\n"
    "40,,3,x\n"
    "33, S ,2,?\n",
    "people.csv");
const io::CsvTable test_part = io::parse_csv("age,port,class,note\n,C,2,x\n5,Q,1,x\n", "test.csv",
                                             {.header = io::CsvHeader::present});

}  // namespace

TEST_CASE("encoder: numbers, one-hot columns and category numbers") {
  data::TableEncoder encoder({{"age", Column::number, Missing::mean},
                              {"port", Column::one_hot, Missing::most_frequent},
                              {"class", Column::category}});
  encoder.fit(people);
  const data::EncodedTable e = encoder(people);
  CHECK(e.numbers.to_vector<float>() == std::vector<float>{20, 0, 1, 31, 1, 0, 40, 0, 1, 33, 0, 1});
  CHECK(e.categories.to_vector<std::int64_t>() == std::vector<std::int64_t>{2, 0, 2, 1});
  CHECK(encoder.names() == std::vector<std::string>{"age", "port=C", "port=S"});
  CHECK(encoder.categories("class") == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("encoder: other rows get what was learned from the first") {
  data::TableEncoder strict({{"port", Column::one_hot, Missing::most_frequent}});
  strict.fit(people);
  const std::string text = error_text<FormatError>([&] { strict(test_part); });
  CHECK(contains(text, "test.csv"));
  CHECK(contains(text, "'Q'"));
  data::TableEncoder encoder({{"age", Column::number, Missing::median},
                              {"port", Column::one_hot, Missing::own_category},
                              {"port", Column::category, Missing::constant, "none"}},
                             {.unknown = data::Unknown::zero});
  encoder.fit(people);
  const data::EncodedTable e = encoder(test_part);
  CHECK(encoder.names() == std::vector<std::string>{"age", "port=(missing)", "port=C", "port=S"});
  CHECK(e.numbers.to_vector<float>() == std::vector<float>{33, 0, 1, 0, 5, 0, 0, 0});
  CHECK(e.categories.to_vector<std::int64_t>() == std::vector<std::int64_t>{0, 3});
}

TEST_CASE("encoder: rules by themselves, rows without missing fields") {
  const auto rules = data::TableEncoder::rules_for(people, "class");
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].as == Column::number);
  CHECK(rules[1].as == Column::one_hot);
  CHECK(rules[2].column == "note");
  CHECK(data::drop_missing(people).rows.size() == 1);
  CHECK(data::drop_missing(people, {"age", "port"}).rows.size() == 2);
}

TEST_CASE("encoder: wrong use") {
  const auto refused = [](data::ColumnRule rule) {
    return error_text<ValueError>([&] { data::TableEncoder({rule}).fit(people); });
  };
  CHECK(contains(refused({"sex"}), "no such column"));
  CHECK(contains(refused({"age"}), "fields are missing"));
  CHECK(contains(refused({"port", Column::one_hot, Missing::mean}), "does not suit"));
  CHECK(contains(refused({"age", Column::number, Missing::own_category}), "does not suit"));
  CHECK(contains(error_text<FormatError>([] { data::TableEncoder({{"port"}}).fit(people); }),
                 "not a finite number"));
  CHECK(contains(error_text<ValueError>([] { data::TableEncoder({{"age"}})(people); }),
                 "nothing has been learned"));
  CHECK(contains(error_text<ValueError>([] { data::drop_missing(people, {"none"}); }),
                 "no such column"));
  const io::CsvTable empty = io::parse_csv("a,b\n?,1\n,2\n", "e.csv");
  CHECK(contains(error_text<ValueError>([&] {
                   data::TableEncoder({{"0", Column::one_hot, Missing::most_frequent}}).fit(empty);
                 }),
                 "no field to learn from"));
}
