#include "tests/faults/faults.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>

#include "tests/io/support.h"

using namespace fathom;
using test::Fault;

namespace {

std::vector<std::vector<Fault>> all_faults() {
  return {test::tensor_faults(),      test::shape_faults(),         test::join_faults(),
          test::indexing_faults(),    test::scatter_faults(),       test::reduction_faults(),
          test::linalg_faults(),      test::decomposition_faults(), test::signal_faults(),
          test::conv_faults(),        test::attention_faults(),     test::random_faults(),
          test::autodiff_faults(),    test::layer_faults(),         test::class_loss_faults(),
          test::loss_faults(),        test::optimizer_faults(),     test::schedule_faults(),
          test::training_faults(),    test::callback_faults(),      test::data_faults(),
          test::dataset_faults(),     test::metric_faults(),        test::io_faults(),
          test::weight_file_faults(), test::weight_load_faults(),   test::bomb_faults(),
          test::figure_faults(),      test::picture_faults(),       test::vision_faults(),
          test::recurrent_faults(),   test::generate_faults(),      test::vector_faults(),
          test::ctc_faults(),         test::embedding_faults(),     test::text_faults()};
}

/// The text with "@" for the lines [first, last) of the row's file.
std::string without_lines(std::string text, const std::source_location& row, unsigned last) {
  std::string file = row.file_name();
  file = file.substr(file.rfind('/') + 1) + ":";
  for (std::size_t at = 0; (at = text.find(file, at)) != std::string::npos;) {
    std::size_t end = at + file.size();
    unsigned line = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9')
      line = 10 * line + static_cast<unsigned>(text[end++] - '0');
    if (line < row.line() || line >= last) {
      at = end;
      continue;
    }
    text.replace(at, end - at, "@");
  }
  return text;
}

/// What a program throws.
struct Thrown {
  const std::type_info* type = &typeid(void);
  std::string text = "no error";
};
Thrown thrown_by(const Fault& fault) {
  try {
    fault.program();
  } catch (const std::exception& error) {
    return {&typeid(error), error.what()};
  }
  return {};
}

}  // namespace

TEST_CASE("faults: wrong programs get the right error, word by word, with the user's line") {
  std::size_t count = 0;
  std::set<std::string> names;
  for (const auto& subject : all_faults())
    for (std::size_t i = 0; i < subject.size(); ++i, ++count) {
      const Fault& fault = subject[i];
      const unsigned end =
          i + 1 < subject.size() ? subject[i + 1].row.line() : fault.row.line() + 40;
      const Thrown thrown = thrown_by(fault);
      CHECK_MESSAGE(*thrown.type == *fault.error, fault.name, ": ", thrown.type->name(), ": ",
                    thrown.text);
      const std::string text = without_lines(thrown.text, fault.row, end);
      const bool same = text == fault.text;
      CHECK_MESSAGE(same, fault.name, ", ", std::string(fault.row.file_name()), ":",
                    fault.row.line(), ":\n<<<\n", text, "\n>>>");
      CHECK_MESSAGE(names.insert(fault.name).second, fault.name, " stands twice");
    }
  MESSAGE("wrong programs: ", count);
}

TEST_CASE("faults: after an error, everything goes on as before") {
  const nn::Linear layer(8, 4);
  const Tensor x = ones({2, 8});
  const std::vector<float> before = layer(x).to_vector<float>();
  for (const auto& subject : all_faults())
    for (const Fault& fault : subject) thrown_by(fault);
  CHECK(layer(x).to_vector<float>() == before);
  const graph::Context& c = graph::context();
  CHECK(!c.recording);
  CHECK(!c.compiling);
  CHECK(c.module == nullptr);
  CHECK(c.call == nullptr);
  CHECK(c.origin == nullptr);
  CHECK(!nn::is_training());
}

TEST_CASE("faults: an error that comes late names the line that built it, on a kept plan too") {
  std::string texts[2];
  const Tensor x = zeros({3});
  for (int pass = 0; pass < 2; ++pass) {
    const Tensor good = take(x, tensor({1, 2}), 0);  // the plan is made here
    good.eval();
    const Tensor bad = take(x, tensor({1, 3}), 0);  // and found here
    try {
      bad.eval();
    } catch (const IndexError& error) {
      texts[pass] = error.info().where;
    }
  }
  CHECK(texts[0] == texts[1]);
  CHECK(texts[0] == "faults_test.cpp:" + std::to_string(__LINE__ - 8));
}

TEST_CASE("faults: numbers that are not finite reach the loss, they are not hidden") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor logits = tensor({{nan, 0.f}, {1.f, 2.f}});
  CHECK(std::isnan(cross_entropy(logits, test::labels({0, 1})).item()));
  CHECK(std::isnan(binary_cross_entropy(tensor({nan, 0.5f}), tensor({1.f, 0.f})).item()));
  CHECK(std::isnan(max(tensor({1.f, nan, 2.f})).item()));
  CHECK(std::isnan(relu(tensor({nan})).item()));
}
