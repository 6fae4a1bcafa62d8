// Data sets: the carried ones, MNIST from its files, CSV files with a label, splits, preprocessing.
#include "fathom/data/dataset.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "fathom/core/error.h"
#include "fathom/data/builtin.h"
#include "fathom/data/picture.h"
#include "fathom/data/table.h"
#include "fathom/io/png.h"
#include "tests/contains.h"
#include "tests/io/support.h"
#include "tests/ops/compare.h"

using namespace fathom;
using test::contains;
using test::error_text;
using test::TemporaryFolder;

namespace {

std::string written(const TemporaryFolder& folder, const std::string& text) {
  const std::string path = folder / "rows.csv";
  io::write_atomically(path, text);
  return path;
}

}  // namespace

TEST_CASE("digits and iris are carried in the program") {
  const auto [train, test] = data::digits();
  CHECK(train.size() == 1437);
  CHECK(test.size() == 360);
  CHECK(train.sample_shape == Shape{8, 8});
  CHECK(train.is_image());
  std::vector<int> counts(10);
  for (const auto* part : {&train, &test})
    for (const auto label : part->labels.data<std::int64_t>())
      ++counts[static_cast<std::size_t>(label)];
  // As scikit-learn's load_digits counts them.
  CHECK(counts == std::vector<int>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180});

  const auto [flowers, others] = data::iris();
  CHECK(flowers.size() == 120);
  CHECK(others.size() == 30);
  CHECK(flowers.class_names == std::vector<std::string>{"setosa", "versicolor", "virginica"});
  // The training part has mean 0 and deviation 1 in each column.
  const std::vector<float> x = flowers.preprocessing(flowers.inputs).to_vector<float>();
  for (std::size_t column = 0; column < 4; ++column) {
    double sum = 0, squares = 0;
    for (std::size_t i = column; i < x.size(); i += 4) sum += x[i], squares += double{x[i]} * x[i];
    CHECK(std::abs(sum / 120) < 1e-5);
    CHECK(squares / 120 == doctest::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("mnist comes from FATHOM_DATA, with a hint where it does not") {
  const char* before = std::getenv("FATHOM_DATA");
  const std::string kept = before ? before : "";
  ::unsetenv("FATHOM_DATA");
  const std::string unset = error_text<IoError>([] { data::mnist(); });
  CHECK(contains(unset, "FATHOM_DATA is not set"));
  CHECK(contains(unset, "hint: export FATHOM_DATA="));
  const TemporaryFolder empty;
  ::setenv("FATHOM_DATA", empty.path().c_str(), 1);
  const std::string missing = error_text<IoError>([] { data::fashion_mnist(); });
  CHECK(contains(missing, "missing"));
  CHECK(contains(missing, "fashion-mnist/t"));
  if (before)
    ::setenv("FATHOM_DATA", kept.c_str(), 1);
  else
    ::unsetenv("FATHOM_DATA");

  if (test::data_file("mnist", "mnist").empty()) return;
  const auto [train, test] = data::mnist();
  CHECK(train.size() == 60000);
  CHECK(test.size() == 10000);
  CHECK(train.features() == 784);
  CHECK(train.labels.data<std::int64_t>()[0] == 5);
  CHECK(test.labels.data<std::int64_t>()[0] == 7);
}

TEST_CASE("CSV with a label column") {
  const TemporaryFolder folder;
  std::string text = "size,kind,weight\n";
  for (int i = 0; i < 20; ++i)
    text += std::to_string(i) + (i % 2 ? ",odd," : ",even,") + std::to_string(i * i) + "\n";
  const std::string path = written(folder, text);
  const auto [train, test] = data::load_csv(path, "kind", 3);
  CHECK(train.size() == 16);
  CHECK(test.size() == 4);
  CHECK(train.features() == 2);
  CHECK(train.class_names == std::vector<std::string>{"even", "odd"});
  CHECK_FALSE(train.is_image());
  // Another seed, another part; the same seed, the same.
  CHECK(data::load_csv(path, "kind", 3).test.inputs.to_vector<float>() ==
        test.inputs.to_vector<float>());
  CHECK(data::load_csv(path, "kind", 4).test.inputs.to_vector<float>() !=
        test.inputs.to_vector<float>());
}

TEST_CASE("CSV that makes no data set") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& text, const char* label = "-1") {
    const std::string path = written(folder, text);
    try {
      data::load_csv(path, label);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  CHECK(contains(error("a,b\n1,2,x\n"), "line: 2"));
  CHECK(contains(error("1,x\nzwei,y\n3,x\n"), "line: 2"));
  CHECK(contains(error("1,x\nnan,y\n3,x\n"), "line: 2"));
  CHECK(contains(error("1,x\n,y\n3,x\n"), "line: 2"));
  CHECK(contains(error(""), "rows"));
  CHECK(contains(error("1,x\n2,y\n", "height"), "height"));
  CHECK(contains(error("1,x\n2,x\n3,x\n"), "a single class"));
  CHECK(contains(error("x\ny\nx\n"), "no columns but the label"));
  CHECK(contains(error("1,u,x\n2,v,y\n3,u,x\n"), "a column holds no numbers"));
  CHECK(contains(error("1,1.5\n2,1.7\n3,1.9\n4,2.5\n"), "4 classes in 4 rows"));
  CHECK(contains(error_text<IoError>([] { data::open("digts"); }), "no data set and no file"));
}

TEST_CASE("preprocessing: a column that does not vary is only shifted") {
  const Tensor rows = Tensor::from(std::vector<float>{0.1F, 1, 0.1F, 2, 0.1F, 3}, {3, 2});
  const std::vector<float> x = data::Preprocessing::standardize(rows)(rows).to_vector<float>();
  for (std::size_t i = 0; i < 6; i += 2) CHECK(std::abs(x[i]) < 1e-6F);
  CHECK(x[1] == doctest::Approx(-1.2247449));
}

TEST_CASE("first: the first rows, or all if there are fewer") {
  const data::Dataset all = data::iris().train;
  const data::Dataset three = data::first(all, 3);
  CHECK(three.size() == 3);
  CHECK(three.class_names == all.class_names);
  const std::vector<std::int64_t> rows{0, 1, 2};
  CHECK(test::bit_difference(three.inputs, data::gather_rows(all.inputs, rows)) == "");
  CHECK(test::bit_difference(three.labels, data::gather_rows(all.labels, rows)) == "");
  CHECK(data::first(all, 0).size() == 0);
  CHECK(data::first(all, all.size() + 1).size() == all.size());
}

TEST_CASE("split: parts are disjoint and complete; no part is empty") {
  const data::Dataset all = data::iris().train;
  const auto [train, test] = data::split(all, 0.25, 9);
  CHECK(train.size() + test.size() == all.size());
  CHECK(test.size() == 30);
  CHECK(contains(error_text<ValueError>([&] { data::split(all, 0, 9); }), "a part would be empty"));
  CHECK(contains(error_text<ValueError>([&] { data::split(all, 1, 9); }), "a part would be empty"));
  CHECK(contains(error_text<ValueError>([&] { data::relabel(all, {"setosa"}); }),
                 "'versicolor' is none"));
}

TEST_CASE("pictures are averaged to the model's size, and refused in other proportions") {
  const TemporaryFolder folder;
  const std::string path = folder / "p.png";
  // Four quarters of 2 x 2 pixels, each of one grey but the last.
  io::save_png(path, Tensor::from(std::vector<std::uint8_t>{0, 0, 255, 255, 0, 0, 255, 255,  //
                                                            51, 51, 0, 102, 51, 51, 204, 102},
                                  {4, 4}));
  const auto read = [&](Shape size, bool invert) {
    return data::load_picture(path, {.size = size, .largest_pixel = 16, .invert = invert})
        .to_vector<float>();
  };
  const std::vector<float> half = read({2, 2}, false);
  CHECK(half[0] == 0);
  CHECK(half[1] == 16);
  CHECK(half[2] == doctest::Approx(51 * 16 / 255.0));
  CHECK(half[3] == doctest::Approx(102 * 16 / 255.0));
  CHECK(read({2, 2}, true)[0] == 16);
  CHECK(read({8, 8}, false)[0] == 0);
  CHECK(contains(error_text<ShapeError>([&] { read({2, 3}, false); }), "4 x 4"));
}
