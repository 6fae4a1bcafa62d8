// Gradients: losses that have none, Jacobians, rules of one's own.
#include "tests/faults/faults.h"

namespace fathom::test {

Faults autodiff_faults() {
  return {
      fault<ShapeError>(
          "a loss that is no number",
          [] {
            value_and_grad([](const Tensor& x) { return x * 2; })(zeros({2, 3}));
          },
          R"(value_and_grad: the loss is not a single number
  loss: f32 (2, 3)
  expected a tensor of one element
  hint: reduce it: mean(loss)
  in: @)"),
      fault<DTypeError>(
          "a loss of integers",
          [] {
            value_and_grad([](const Tensor& x) { return sum(cast(x, DType::i64)); })(zeros({2}));
          },
          R"(value_and_grad: the loss is not floating-point
  loss: i64 ()
  in: @)"),
      fault<ValueError>(
          "a loss function that returns nothing",
          [] { grad([](const Tensor&) { return Tensor(); })(zeros({2})); },
          R"(value_and_grad: the loss function returned an empty tensor
  in: @)"),
      fault<ShapeError>(
          "an error in the loss",
          [] { grad([](const Tensor& x) { return sum(x + zeros({3})); })(zeros({2})); },
          R"(add: shapes do not broadcast
  a: f32 (2,)     b: f32 (3,)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ValueError>(
          "the gradient of a loss that is computed",
          [] {
            const Tensor x = ones({2});
            const Tensor loss = sum(x * x);
            loss.item();
            gradients(loss, {x});
          },
          R"(gradients: the loss has been computed and no longer knows what it was made from
  loss: f32 ()
  hint: ask for gradients before looking at the loss, or use value_and_grad
  in: @)"),
      fault<ShapeError>(
          "gradients of several numbers",
          [] {
            const Tensor x = ones({2});
            gradients(x * x, {x});
          },
          R"(gradients: the loss is not a single number
  loss: f32 (2,)
  expected a tensor of one element
  hint: reduce it: mean(loss)
  in: @)"),
      fault<ShapeError>(
          "a cotangent of another shape",
          [] { vjp([](const Tensor& x) { return x * x; }, zeros({2}), zeros({3})); },
          R"(vjp: the cotangent has another shape than f(x)
  cotangent: f32 (3,)     f(x): f32 (2,)
  in: @)"),
      fault<ShapeError>(
          "a tangent of another shape",
          [] { jvp([](const Tensor& x) { return x * x; }, zeros({2}), zeros({3})); },
          R"(jvp: the tangent has another shape than x
  tangent: f32 (3,)     x: f32 (2,)
  in: @)"),
      fault<DTypeError>(
          "the Jacobian by integers",
          [] { jacobian([](const Tensor& x) { return x * x; }, arange(3)); },
          R"(jacobian: only floating-point tensors have derivatives
  x: i64 (3,)
  hint: cast(x, DType::f32)
  in: @)"),
      fault<ShapeError>(
          "the Hessian of several numbers",
          [] { hessian([](const Tensor& x) { return x * x; }, zeros({2})); },
          R"(hessian: the function's value is not a single number
  f(x): f32 (2,)
  expected one element
  hint: jacobian() differentiates functions with several values
  in: @)"),
      fault<ShapeError>(
          "a vector of another shape for the Hessian",
          [] { hvp([](const Tensor& x) { return sum(x); }, zeros({2}), zeros({3})); },
          R"(hvp: the vector has another shape than x
  vector: f32 (3,)     x: f32 (2,)
  in: @)"),
      fault<IndexError>(
          "vmap along no axis", [] { vmap([](const Tensor& x) { return x; }, zeros({2}), 1); },
          R"(vmap: in_axis 1 is out of range
  expected an axis in [-1, 1) for a tensor of rank 1
  in: @)"),
      fault<ShapeError>(
          "vmap of nothing", [] { vmap([](const Tensor& x) { return x; }, zeros({0})); },
          R"(vmap: there is no slice to apply the function to
  x: f32 (0,)
  in: @)"),
      fault<ValueError>(
          "a rule that gives too few gradients",
          [] {
            const auto loss = [](const Tensor& x) {
              return sum(custom_gradient(x * 2, {x},
                                         [](std::span<const Tensor>, const Tensor&, const Tensor&) {
                                           return std::vector<Tensor>{};
                                         }));
            };
            grad(loss)(ones({2})).eval();
          },
          R"(custom_gradient: the rule gave 0 gradients for 1 inputs
  hint: an empty Tensor stands for an input that gets none
  in: @)"),
      fault<ShapeError>(
          "a rule that gives a gradient of another shape",
          [] {
            const auto loss = [](const Tensor& x) {
              return sum(custom_gradient(x * 2, {x},
                                         [](std::span<const Tensor>, const Tensor&, const Tensor&) {
                                           return std::vector<Tensor>{zeros({5})};
                                         }));
            };
            grad(loss)(ones({2})).eval();
          },
          R"(custom_gradient: the rule gave a gradient of another shape than its input
  input 0: f32 (2,)     gradient: f32 (5,)
  in: @)"),
      fault<ShapeError>(
          "a mistake in a rule",
          [] {
            const auto loss = [](const Tensor& x) {
              return sum(custom_gradient(
                  x * 2, {x}, [](std::span<const Tensor>, const Tensor&, const Tensor& dy) {
                    return std::vector<Tensor>{dy + zeros({5})};
                  }));
            };
            grad(loss)(ones({2})).eval();
          },
          R"(add: shapes do not broadcast
  a: f32 (2,)     b: f32 (5,)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<UnsupportedError>(
          "a derivative that there is none of",
          [] {
            const auto loss = [](const Tensor& a) { return sum(gammainc(a, 2.0)); };
            grad(loss)(ones({2})).eval();
          },
          R"(gammainc: it has no gradient by its first operand
  hint: stop_gradient() around that operand
  in: @)"),
      fault<ValueError>(
          "a graph that was built by nobody", [] { gradients(Tensor(), {zeros({2})}); },
          empty_operand("gradients")),
  };
}

}  // namespace fathom::test
