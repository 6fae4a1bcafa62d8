// Wrong programs: each row is a mistake that a user of the library makes, with the type of the
// error that must come and pieces of its text. One row, one fault.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "fathom/backend/cpu/pool.h"
#include "fathom/fathom.h"
#include "fathom/nn/state.h"

using namespace fathom;

namespace {

struct Net {
  nn::Linear hidden{8, 4};
  nn::Linear out{4, 3};
  Tensor operator()(const Tensor& x) const { return out(relu(hidden(x))); }
};

struct Deep {
  nn::Sequential blocks{nn::Linear(8, 8), nn::Linear(6, 2)};
  Tensor operator()(const Tensor& x) const { return blocks(x); }
};

Tensor labels(std::initializer_list<std::int64_t> values) { return tensor(values); }

/// A training step of a model on a batch that does not fit it.
template <class M> void train_on(const M& net, const Tensor& x, const Tensor& y) {
  const auto loss_fn = [](const M& m, const Tensor& inputs, const Tensor& targets) {
    return cross_entropy(m(inputs), targets);
  };
  auto [loss, gradients] = value_and_grad(loss_fn)(net, x, y);
  loss.item();
}

/// One error type, recognised at run time.
struct Kind {
  const char* name;
  bool (*is)(const Error&);
};
template <class E> constexpr bool is_a(const Error& error) {
  return dynamic_cast<const E*>(&error) != nullptr;
}
constexpr Kind shape{"ShapeError", is_a<ShapeError>}, dtype{"DTypeError", is_a<DTypeError>},
    index{"IndexError", is_a<IndexError>}, value{"ValueError", is_a<ValueError>},
    format{"FormatError", is_a<FormatError>};

struct Fault {
  const char* name;
  Kind kind;
  std::vector<const char*> texts;  // "@" stands for this file: the user's line is named
  std::function<void()> action;
};

const Fault faults[] = {
    // shapes
    {"inner extents of a product",
     shape,
     {"matmul", "(2, 3)", "(4, 5)", "@"},
     [] {
       matmul(zeros({2, 3}), zeros({4, 5}));
     }},
    {"a product of scalars", shape, {"matmul", "@"}, [] { matmul(zeros({}), zeros({3})); }},
    {"operands that do not broadcast",
     shape,
     {"add", "(2, 3)", "(2,)", "@"},
     [] {
       zeros({2, 3}) + zeros({2});
     }},
    {"where over three shapes",
     shape,
     {"where", "@"},
     [] { where(zeros({2}) > 0, zeros({3}), zeros({2})); }},
    {"another number of elements",
     shape,
     {"reshape", "(2, 3)", "@"},
     [] {
       reshape(zeros({2, 3}), {4, 2});
     }},
    {"two extents to infer",
     shape,
     {"reshape", "@"},
     [] {
       reshape(zeros({2, 3}), {-1, -1});
     }},
    {"expand to another extent", shape, {"expand", "@"}, [] { expand(zeros({2}), {3}); }},
    {"concat of nothing", shape, {"concat", "@"}, [] { concat({}); }},
    {"concat of unlike parts",
     shape,
     {"concat", "@"},
     [] {
       concat({zeros({2, 3}), zeros({2, 4})}, 0);
     }},
    {"stack of unlike parts",
     shape,
     {"@"},
     [] {
       stack({zeros({2}), zeros({3})});
     }},
    {"split that does not add up",
     shape,
     {"split", "@"},
     [] {
       split(zeros({5}), {2, 2});
     }},
    {"values that do not fill a shape",
     shape,
     {"(2, 2)"},
     [] {
       Tensor::from(std::vector<float>{1, 2, 3}, {2, 2});
     }},
    {"rows of unlike lengths",
     shape,
     {"rows of different lengths", "1", "2"},
     [] {
       tensor<float>({{1}, {2, 3}});
     }},
    {"item() of three numbers", shape, {"item", "(3,)"}, [] { zeros({3}).item(); }},
    {"more than eight axes",
     shape,
     {"8 axes"},
     [] {
       zeros({1, 1, 1, 1, 1, 1, 1, 1, 1});
     }},
    {"a negative extent", shape, {"-2"}, [] { zeros({-2}); }},
    {"the largest of nothing", shape, {"max", "@"}, [] { max(zeros({0})); }},
    {"labels for another batch",
     shape,
     {"cross_entropy", "@"},
     [] {
       cross_entropy(zeros({3, 2}), labels({0}));
     }},
    {"class weights of another count",
     shape,
     {"cross_entropy"},
     [] {
       cross_entropy(zeros({2, 3}), labels({0, 1}), {.weight = ones({2})});
     }},
    {"a loss that is no number",
     shape,
     {"gradient", "(2, 3)"},
     [] { value_and_grad([](const Net& n, int) {
            return n(zeros({2, 8}));
          })(Net(), 0); }},
    {"statistics of one value",
     shape,
     {"batch_norm"},
     [] {
       batch_norm(zeros({1, 4}), ones({4}), zeros({4}));
     }},
    // the model's path and the user's line
    {"a layer of another width",
     shape,
     {"linear", "(5, 7)", "hidden", "nn::Linear", "@"},
     [] {
       train_on(Net(), zeros({5, 7}), labels({0, 0, 0, 0, 0}));
     }},
    {"a layer inside of a list",
     shape,
     {"linear", "blocks.1", "nn::Linear", "@"},
     [] {
       train_on(Deep(), zeros({2, 8}), labels({0, 1}));
     }},
    // element types
    {"data of another type",
     dtype,
     {"f32", "f64"},
     [] {
       const Tensor x = zeros({2});
       x.data<double>();
     }},
    {"labels that are no integers",
     dtype,
     {"cross_entropy", "f32"},
     [] {
       cross_entropy(zeros({2, 3}), zeros({2}));
     }},
    {"positions that are no integers",
     dtype,
     {"take", "f32"},
     [] { take(zeros({3}), zeros({2}), 0); }},
    {"mean of integers", dtype, {"mean", "i64", "@"}, [] { mean(arange(3)); }},
    {"product of two types", dtype, {"matmul", "i64", "@"}, [] { matmul(arange(3), zeros({3})); }},
    // positions
    {"an axis that is not there",
     index,
     {"sum", "5", "@"},
     [] {
       sum(zeros({2, 3}), 5);
     }},
    {"an axis named twice",
     index,
     {"sum", "@"},
     [] {
       sum(zeros({2, 3}), {1, -1});
     }},
    {"size of an axis that is not there", index, {"2", "(3,)"}, [] { zeros({3}).size(2); }},
    {"select beyond the end", index, {"select", "9", "@"}, [] { select(zeros({3}), 0, 9); }},
    {"an order with an axis twice",
     index,
     {"permute", "@"},
     [] {
       permute(zeros({2, 3}), {0, 0});
     }},
    {"a label beyond the classes",
     index,
     {"cross_entropy", "7"},
     [] {
       cross_entropy(zeros({2, 3}), labels({0, 7})).item();
     }},
    {"a negative label",
     index,
     {"cross_entropy", "-1"},
     [] {
       cross_entropy(zeros({2, 3}), labels({0, -1})).item();
     }},
    {"a token beyond the table",
     index,
     {"12"},
     [] {
       nn::Embedding(10, 4)(labels({3, 12})).eval();
     }},
    {"take beyond the end", index, {"take", "3"}, [] { take(zeros({3}), labels({3}), 0).eval(); }},
    // values
    {"a tensor that was never set",
     value,
     {"@"},
     [] {
       Tensor nothing;
       nothing + 1;
     }},
    {"dropout of more than all", value, {"1.5"}, [] { nn::Dropout(1.5); }},
    {"dropout without a key",
     value,
     {"nn::training"},
     [] {
       const nn::Dropout drop(0.5);
       value_and_grad([&](const Net& n, int) { return sum(drop(n(ones({2, 8})))); })(Net(), 0);
     }},
    {"steps of no length", value, {"arange"}, [] { arange(0, 1, 0); }},
    {"no threads", value, {"0", "1", "256"}, [] { cpu::set_threads(0); }},
    {"a layer without inputs", value, {"Linear"}, [] { nn::Linear(0, -1); }},
    {"a state of another model",
     format,
     {"hidden.weight", "extra"},
     [] {
       Net net;
       const std::vector<std::pair<std::string, Tensor>> state{{"extra", zeros({1})}};
       nn::load_state(net, state, "state");
     }},
};

}  // namespace

TEST_CASE("faults: wrong programs get the right error, with the user's line") {
  for (const Fault& fault : faults) {
    const std::string name = fault.name;
    std::string text, kind = "no error";
    bool right = false;
    try {
      fault.action();
    } catch (const Error& error) {
      text = error.what();
      kind = "another kind of error";
      right = fault.kind.is(error);
      CHECK_MESSAGE(!error.info().operation.empty(), text);
    } catch (const std::exception& error) {
      text = error.what();
      kind = "an untyped error";
    }
    CHECK_MESSAGE(right, name, ": expected ", std::string(fault.kind.name), ", got ", kind, ": ",
                  text);
    for (const std::string wanted : fault.texts) {
      const std::string piece = wanted == "@" ? "library_faults_test.cpp:" : wanted;
      CHECK_MESSAGE(text.find(piece) != std::string::npos, name, ": '", piece,
                    "' is not in: ", text);
    }
  }
  MESSAGE("wrong programs: ", std::size(faults));
}

TEST_CASE("faults: after an error, everything goes on as before") {
  Net net;
  const Tensor x = ones({2, 8});
  const std::vector<float> before = net(x).to_vector<float>();
  for (const Fault& fault : faults) {
    try {
      fault.action();
    } catch (const std::exception&) {
    }
  }
  CHECK(net(x).to_vector<float>() == before);
  CHECK(!graph::context().recording);
  CHECK(graph::context().module == nullptr);
  CHECK(!nn::is_training());
}

TEST_CASE("faults: numbers that are not finite reach the loss, they are not hidden") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor logits = tensor({{nan, 0.f}, {1.f, 2.f}});
  CHECK(std::isnan(cross_entropy(logits, labels({0, 1})).item()));
  CHECK(std::isnan(max(tensor({1.f, nan, 2.f})).item()));
  CHECK(std::isnan(relu(tensor({nan})).item()));
}
