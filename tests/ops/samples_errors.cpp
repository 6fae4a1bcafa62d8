#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/diagonal.h"
#include "fathom/ops/dropout.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/index.h"
#include "fathom/ops/join.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/loss.h"
#include "fathom/ops/norm.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"
#include "tests/ops/samples.h"

namespace fathom::test {

std::vector<ErrorCase> error_cases() {
  const auto f = [](const Shape& s) { return zeros(s); };
  const auto i = [](const Shape& s) { return zeros(s, DType::i64); };
  const auto index = [](std::vector<std::int64_t> v) { return Tensor::from(v); };
  const std::string here = "in: samples_errors.cpp:";
  return {
      throws<ShapeError>(
          "add",
          [=] {
            f({3, 4}) + f({5});
          },
          {"add: shapes do not broadcast", "f32 (3, 4)", "f32 (5,)", "expected", here}),
      throws<ShapeError>("where shapes", [=] { where(zeros({2}, DType::boolean), f({2}), f({3})); },
                         {"where:", "broadcast", here}),
      throws<DTypeError>("where condition", [=] { where(f({2}), 1, 0); },
                         {"where: the condition is not bool", "f32 (2,)", "hint", here}),
      throws<ValueError>("empty handle", [=] { exp(Tensor()); },
                         {"operand: the tensor is empty", "hint", here}),
      throws<ValueError>("empty handle's shape", [=] { Tensor().shape(); },
                         {"shape", "the tensor is empty"}),
      throws<ShapeError>("too many axes",
                         [=] {
                           f({1, 1, 1, 1, 1, 1, 1, 1, 1});
                         },
                         {"too many axes", "8"}),
      throws<ShapeError>("negative extent",
                         [=] {
                           f({2, -1});
                         },
                         {"negative extent -1"}),
      throws<ShapeError>("uneven rows",
                         [=] {
                           tensor<float>({{1, 2}, {3}});
                         },
                         {"tensor: rows of different lengths", "the first: 2     another: 1"}),
      throws<ShapeError>("wrong count",
                         [=] {
                           Tensor::from(std::vector<float>{1, 2, 3}, {2});
                         },
                         {"Tensor::from", "elements: 3", "(2,)", "expected 2"}),
      throws<DTypeError>("wrong type read",
                         [=] {
                           const Tensor t = f({2});
                           t.data<double>();
                         },
                         {"data:", "f32 (2,)", "expected to be read as f32, not f64", "cast"}),
      throws<ShapeError>("item of many", [=] { f({2}).item(); },
                         {"item:", "exactly one", "f32 (2,)"}),
      throws<IndexError>("size of no axis", [=] { f({2}).size(1); },
                         {"size: axis 1 is out of range", "(2,)"}),
      throws<ValueError>("arange step", [=] { arange(0.0, 1.0, 0.0); },
                         {"arange: step 0.000000 does not lead from", here}),
      throws<ValueError>("linspace count", [=] { linspace(0, 1, -1); }, {"linspace: count is -1"}),
      throws<DTypeError>("random key", [=] { random_uniform({2}, f({})); },
                         {"random: the key", "f32 ()", "make_key", here}),
      throws<ValueError>("dropout", [=] { dropout(f({2}), 1.5, make_key(0, 0), 0); },
                         {"dropout: probability is 1.5", "[0, 1]", here}),
      throws<DTypeError>("dropout, integers",
                         [=] { dropout(zeros({2}, DType::i8), 0.5, make_key(0, 0), 0); },
                         {"dropout: needs floating-point numbers", "i8 (2,)", here}),
      throws<IndexError>("sum axis",
                         [=] {
                           sum(f({2, 3}), 2);
                         },
                         {"sum: axis 2 is out of range", "[-2, 2)", "rank 2", here}),
      throws<IndexError>("sum axis twice",
                         [=] {
                           sum(f({2, 3}), {1, -1});
                         },
                         {"sum: axis -1 is named twice", here}),
      throws<ShapeError>("max of nothing",
                         [=] {
                           max(f({2, 0}), 1);
                         },
                         {"max: no elements", "f32 (2, 0)", "expected", here}),
      throws<ShapeError>("argmin of nothing", [=] { argmin(f({0})); },
                         {"argmin: no elements", here}),
      throws<DTypeError>("mean of integers", [=] { mean(i({2})); },
                         {"mean: needs floating-point numbers", "i64 (2,)", "hint: cast", here}),
      throws<ShapeError>(
          "reshape",
          [=] {
            reshape(f({2, 3}), Shape{4});
          },
          {"reshape: the sizes differ", "f32 (2, 3)", "(4,)", "expected 6 elements", here}),
      throws<ShapeError>("reshape inferred",
                         [=] {
                           reshape(f({2, 3}), {4, -1});
                         },
                         {"reshape:", "-1", here}),
      throws<ShapeError>("reshape of nothing inferred",
                         [=] {
                           reshape(f({0, 3}), {0, -1});
                         },
                         {"reshape:", "-1", here}),
      throws<ShapeError>("permute",
                         [=] {
                           permute(f({2, 3}), {0});
                         },
                         {"permute:", "every axis", "f32 (2, 3)", here}),
      throws<IndexError>("permute twice",
                         [=] {
                           permute(f({2, 3}), {1, -1});
                         },
                         {"permute: axis -1 is named twice", here}),
      throws<IndexError>("transpose", [=] { transpose(f({3})); },
                         {"transpose: axis -2 is out of range", "[-1, 1)", here}),
      throws<ShapeError>("expand",
                         [=] {
                           expand(f({2, 3}), {2, 4});
                         },
                         {"expand:", "f32 (2, 3)", "(2, 4)", here}),
      throws<IndexError>("slice axis", [=] { slice(f({3}), 1, 0, 1); },
                         {"slice: axis 1 is out of range", here}),
      throws<ValueError>("slice step", [=] { slice(f({3}), 0, 0, 1, 0); },
                         {"slice: the step is 0", here}),
      throws<IndexError>(
          "select", [=] { select(f({3}), 0, 3); },
          {"select: index 3 is out of range", "f32 (3,)", "expected an index in [-3, 3)", here}),
      throws<IndexError>("flatten",
                         [=] {
                           flatten(f({2, 3}), 1, 0);
                         },
                         {"flatten:", here}),
      throws<ShapeError>(
          "concat",
          [=] {
            concat({f({2, 3}), f({2, 4})}, 0);
          },
          {"concat: part 1 does not fit", "f32 (2, 3)", "f32 (2, 4)", "expected", here}),
      throws<ShapeError>("concat of nothing", [=] { concat({}); }, {"concat: no parts", here}),
      throws<IndexError>("concat axis",
                         [=] {
                           concat({f({2}), f({2})}, 1);
                         },
                         {"concat: axis 1 is out of range", here}),
      throws<IndexError>("concat scalars",
                         [=] {
                           concat({f({}), f({})});
                         },
                         {"concat: axis 0 is out of range", "got a scalar", here}),
      throws<ShapeError>("stack",
                         [=] {
                           stack({f({2}), f({3})});
                         },
                         {"does not fit", here}),
      throws<ShapeError>("stack of nothing", [=] { stack({}); }, {"no parts", here}),
      throws<ShapeError>("split",
                         [=] {
                           split(f({5}), {2, 2});
                         },
                         {"split:", "f32 (5,)", "4", here}),
      throws<ValueError>("split negative",
                         [=] {
                           split(f({5}), {-1, 6});
                         },
                         {"split:", "-1", here}),
      throws<ShapeError>("pad",
                         [=] {
                           pad(f({2}), {{1, 1}, {1, 1}});
                         },
                         {"pad: more widths than axes", here}),
      throws<ShapeError>("pad cuts too much",
                         [=] {
                           pad(f({2}), {{-1, -2}});
                         },
                         {"pad: negative widths cut more than axis 0 has", "f32 (2,)", here}),
      throws<IndexError>("take",
                         [=] {
                           take(f({5, 2}), index({0, 4, 5}), 0).eval();
                         },
                         {"take: index 5 is out of range", "position in the index: 2",
                          "expected indices in [0, 5)", here}),
      throws<IndexError>("take on the reference",
                         [=] {
                           const DeviceScope scope(Device::reference);
                           take(f({5, 2}), index({0, 4, 5}), 0).eval();
                         },
                         {"take: index 5 is out of range", "position in the index: 2",
                          "expected indices in [0, 5)", here}),
      throws<IndexError>(
          "take negative", [=] { take(f({5}), index({-1}), 0).eval(); },
          {"take: index -1 is out of range", "position in the index: 0", "[0, 5)", here}),
      throws<IndexError>("take from nothing",
                         [=] {
                           take(f({0, 2}), index({0}), 0).eval();
                         },
                         {"take: index 0", "[0, 0)", here}),
      throws<DTypeError>("take by floats", [=] { take(f({5}), f({2}), 0); },
                         {"take: the index is not i64 or i32", "f32 (2,)", here}),
      throws<IndexError>("take axis", [=] { take(f({5}), index({0}), 1); },
                         {"take: axis 1 is out of range", here}),
      throws<IndexError>(
          "take_along",
          [=] {
            take_along(f({2, 3}), reshape(index({0, 1, 2, 3}), {2, 2}), 1).eval();
          },
          {"take_along: index 3 is out of range", "position in the index: 3", "[0, 3)", here}),
      throws<ShapeError>(
          "take_along shapes",
          [=] {
            take_along(f({2, 3}), i({3, 1}), 1);
          },
          {"take_along: the index does not fit", "f32 (2, 3)", "i64 (3, 1)", "expected", here}),
      throws<ValueError>("one_hot", [=] { one_hot(i({2}), 0); }, {"one_hot: classes"}),
      throws<ShapeError>("tril", [=] { tril(f({3})); },
                         {"tril: needs at least two axes", "f32 (3,)", here}),
      throws<ShapeError>(
          "matmul",
          [=] {
            matmul(f({32, 784}), f({256, 10}));
          },
          {"matmul: inner dimensions differ", "a: f32 (32, 784)     b: f32 (256, 10)",
           "expected a.shape[-1] == b.shape[-2], got 784 and 256", here}),
      throws<ShapeError>("matmul hint",
                         [=] {
                           matmul(f({32, 784}), f({10, 784}));
                         },
                         {"matmul:", "hint: if b is stored (out, in), pass transpose(b)", here}),
      throws<ShapeError>("matmul batch",
                         [=] {
                           matmul(f({2, 3, 4}), f({3, 4, 5}));
                         },
                         {"matmul:", "do not broadcast", here}),
      throws<ShapeError>("matmul scalar", [=] { matmul(f({}), f({2})); },
                         {"matmul: an operand is a scalar", "hint: use a * b", here}),
      throws<DTypeError>("matmul of two types",
                         [=] {
                           matmul(i({2, 2}), f({2, 2}));
                         },
                         {"matmul:", "i64 (2, 2)", here}),
      throws<ShapeError>("linear",
                         [=] {
                           linear(f({4, 3}), f({5, 2}));
                         },
                         {"linear:", "f32 (4, 3)", "f32 (5, 2)", "got 3 and 2", here}),
      throws<ShapeError>("linear bias",
                         [=] {
                           linear(f({4, 3}), f({5, 3}), f({4}));
                         },
                         {"linear: the bias does not fit", "f32 (5, 3)", "f32 (4,)", here}),
      throws<ShapeError>("linear scalar",
                         [=] {
                           linear(f({}), f({5, 3}));
                         },
                         {"linear: wrong rank", here}),
      throws<IndexError>("softmax axis", [=] { softmax(f({2}), 1); },
                         {"softmax: axis 1 is out of range", here}),
      throws<ShapeError>("layer_norm",
                         [=] {
                           layer_norm(f({2, 3}), f({2}), f({3}));
                         },
                         {"layer_norm: weight does not fit x", "f32 (2, 3)", "f32 (2,)",
                          "expected f32 (3,)", here}),
      throws<DTypeError>("layer_norm of integers",
                         [=] {
                           layer_norm(i({2, 3}), f({3}), f({3}));
                         },
                         {"layer_norm: needs floating-point", here}),
      throws<ShapeError>("batch_norm",
                         [=] {
                           batch_norm(f({4, 3}), f({4}), f({3}));
                         },
                         {"batch_norm:", "expected", "(3,)", here}),
      throws<ShapeError>("batch_norm of one",
                         [=] {
                           batch_norm(f({1, 3}), f({3}), f({3}));
                         },
                         {"batch_norm:", "one value per channel", "hint", here}),
      throws<ShapeError>("batch_norm rank", [=] { batch_norm(f({3}), f({3}), f({3})); },
                         {"batch_norm: x has no channel axis", here}),
      throws<ShapeError>("batch_norm_inference",
                         [=] {
                           batch_norm_inference(f({4, 3}), f({3}), f({3}), f({2}), f({3}));
                         },
                         {"batch_norm: weight does not fit x", "(3,)", here}),
      throws<ShapeError>("batch_norm_inference statistics",
                         [=] {
                           batch_norm_inference(f({4, 3}), f({2}), f({2}), f({3}), f({3}));
                         },
                         {"batch_norm: mean does not fit x", "f32 (2,)", here}),
      throws<IndexError>("cross_entropy class",
                         [=] {
                           cross_entropy(f({2, 3}), index({0, 3})).eval();
                         },
                         {"cross_entropy: target 3 is no class", "row: 1", "[0, 3)", here}),
      throws<ShapeError>("cross_entropy shapes",
                         [=] {
                           cross_entropy(f({2, 3}), index({0}));
                         },
                         {"cross_entropy:", "f32 (2, 3)", "i64 (1,)", "expected", here}),
      throws<DTypeError>("cross_entropy targets",
                         [=] {
                           cross_entropy(f({2, 3}), f({2}));
                         },
                         {"cross_entropy:", "i64", "f32 (2,)", "hint", here}),
      throws<ValueError>("cross_entropy smoothing",
                         [=] {
                           cross_entropy(f({2, 3}), index({0, 1}), {.label_smoothing = 2});
                         },
                         {"cross_entropy: label_smoothing is 2", "[0, 1]", here}),
      throws<ShapeError>("cross_entropy weight",
                         [=] {
                           cross_entropy(f({2, 3}), index({0, 1}), {.weight = f({2})}).eval();
                         },
                         {"cross_entropy", "weight", here}),
      throws<ShapeError>("mse_loss",
                         [=] {
                           mse_loss(f({2, 3}), f({2}));
                         },
                         {"mse_loss: shapes do not broadcast", "f32 (2, 3)", "f32 (2,)", here}),
      throws<ShapeError>("nll_loss",
                         [=] {
                           nll_loss(f({2, 3}), index({0}));
                         },
                         {"nll_loss:", "f32 (2, 3)", here}),
  };
}

}  // namespace fathom::test
