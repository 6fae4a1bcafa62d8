// Tensors: making them, reading them, arithmetic.
#include "fathom/backend/cpu/pool.h"
#include "tests/faults/faults.h"

namespace fathom::test {

Faults tensor_faults() {
  return {
      fault<ShapeError>(
          "values that do not fill a shape",
          [] {
            Tensor::from(std::vector<float>{1, 2, 3}, {2, 2});
          },
          R"(Tensor::from: the number of elements does not fit the shape
  elements: 3     shape: (2, 2)
  expected 4 elements
  in: @)"),
      fault<ShapeError>(
          "rows of unlike lengths",
          [] {
            tensor<float>({{1}, {2, 3}});
          },
          R"(tensor: rows of different lengths
  the first: 1     another: 2
  in: @)"),
      fault<ShapeError>(
          "planes of unlike heights",
          [] {
            tensor<float>({{{1}}, {{2}, {3}}});
          },
          R"(tensor: planes of different heights
  the first: 1     another: 2
  in: @)"),
      fault<ShapeError>(
          "more than eight axes",
          [] {
            zeros({1, 1, 1, 1, 1, 1, 1, 1, 1});
          },
          R"(Shape: too many axes
  expected at most 8 axes
  in: @)"),
      fault<ShapeError>(
          "a negative extent", [] { zeros({-2}); }, R"(Shape: negative extent -2
  expected extents of 0 and more
  in: @)"),
      fault<ShapeError>(
          "a negative extent of a shape with a name",
          [] {
            const Shape shape{3, -1};
            ones(shape);
          },
          R"(Shape: negative extent -1
  expected extents of 0 and more
  in: @)"),
      fault<ShapeError>(
          "item() of three numbers", [] { zeros({3}).item(); },
          R"(item: the tensor does not have exactly one element
  tensor: f32 (3,)
  hint: reduce it, or read all elements by to_vector
  in: @)"),
      fault<ShapeError>(
          "item() of nothing", [] { zeros({0}).item<int>(); },
          R"(item: the tensor does not have exactly one element
  tensor: f32 (0,)
  hint: reduce it, or read all elements by to_vector
  in: @)"),
      fault<DTypeError>(
          "data of another type",
          [] {
            const Tensor x = zeros({2});
            x.data<double>();
          },
          R"(data: the element type differs
  tensor: f32 (2,)
  expected to be read as f32, not f64
  hint: cast the tensor first, or read it by to_vector
  in: @)"),
      fault<ValueError>(
          "a fraction read as an integer",
          [] {
            tensor({1.f, 2.5f}).to_vector<std::int64_t>();
          },
          R"(to_vector: i64 cannot hold 2.500000
  tensor: f32 (2,)     element: 1
  hint: cast the tensor first
  in: @)"),
      fault<ValueError>(
          "a number that a byte cannot hold",
          [] {
            tensor({1, 300}).to_vector<std::uint8_t>();
          },
          R"(to_vector: u8 cannot hold 300
  tensor: i32 (2,)     element: 1
  hint: cast the tensor first
  in: @)"),
      fault<IndexError>(
          "size of an axis that is not there", [] { zeros({3}).size(2); }, no_axis("size", 2, 1)),
      fault<IndexError>(
          "size of an axis of a scalar", [] { zeros({}).size(0); }, R"(size: axis 0 is out of range
  expected a tensor with axes, got a scalar
  in: @)"),
      fault<ValueError>(
          "arithmetic with a tensor that was never set",
          [] {
            Tensor nothing;
            nothing + 1;
          },
          empty_operand("add")),
      fault<ValueError>(
          "a function of a tensor that was never set", [] { exp(Tensor()); }, empty_operand("exp")),
      fault<ValueError>(
          "item() of a tensor that was never set", [] { Tensor().item(); }, empty_tensor("item")),
      fault<ValueError>(
          "eval() of a tensor that was never set", [] { Tensor().eval(); }, empty_tensor("eval")),
      fault<ValueError>(
          "data of a tensor that was never set",
          [] {
            const Tensor nothing;
            nothing.data<float>();
          },
          empty_tensor("data")),
      fault<ValueError>(
          "the shape of a tensor that was never set", [] { Tensor().shape(); },
          R"(shape: the tensor is empty
  hint: a default-constructed Tensor holds nothing until it is assigned)"),
      fault<ShapeError>(
          "operands that do not broadcast",
          [] {
            zeros({2, 3}) + zeros({2});
          },
          R"(add: shapes do not broadcast
  a: f32 (2, 3)     b: f32 (2,)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ShapeError>(
          "a comparison of unlike shapes",
          [] {
            zeros({2, 3}) < zeros({4, 3});
          },
          R"(lt: shapes do not broadcast
  a: f32 (2, 3)     b: f32 (4, 3)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<ShapeError>(
          "where over three shapes", [] { where(zeros({2}) > 0, zeros({3}), zeros({2})); },
          R"(where: shapes do not broadcast
  condition: bool (2,)     a: f32 (3,)     b: f32 (2,)
  expected equal extents, or 1, on each axis counted from the last
  in: @)"),
      fault<DTypeError>(
          "a condition that is no truth", [] { where(zeros({2}), 1, 0); },
          R"(where: the condition is not bool
  condition: f32 (2,)
  hint: compare it: where(x != 0, a, b)
  in: @)"),
      fault<DTypeError>(
          "bits of floats", [] { zeros({2}) & 1; }, R"(bitwise_and: it works on integers
  operands: f32
  hint: cast them to an integer type first
  in: @)"),
      fault<DTypeError>(
          "a difference of bools", [] { ones({2}, DType::boolean) - zeros({2}, DType::boolean); },
          R"(sub: bools have no minus
  hint: logical_not and logical_xor are their negation and difference; to count, cast them to i64
  in: @)"),
      fault<DTypeError>(
          "gcd of floats", [] { gcd(zeros({2}), 2); }, R"(gcd: it works on integers
  operands: f32
  hint: cast them to an integer type first
  in: @)"),
      fault<ValueError>(
          "an integer divided by the number 0", [] { arange(3) % 0; },
          R"(remainder: an integer is divided by 0
  hint: divide floating numbers, which have infinities
  in: @)"),
      fault<ValueError>(
          "an integer divided by a tensor with a 0",
          [] {
            floor_divide(arange(3), tensor({1, 0, 2})).eval();
          },
          R"(floor_divide: an integer is divided by 0
  position of the 0: 1
  hint: divide floating numbers, which have infinities
  in: @)"),
      fault<ValueError>(
          "a remainder by a tensor with a 0",
          [] {
            const Tensor r = arange(3) % tensor({1, 2, 0});
            r.eval();
          },
          R"(remainder: an integer is divided by 0
  position of the 0: 2
  hint: divide floating numbers, which have infinities
  in: @)"),
      fault<ValueError>(
          "steps of no length", [] { arange(0, 1, 0); }, R"(arange: step 0 does not lead from 0 to 1
  expected finite numbers and a step towards stop
  in: @)"),
      fault<ValueError>(
          "steps that lead away", [] { arange(0.0, 1.0, -0.25); },
          R"(arange: step -0.25 does not lead from 0 to 1
  expected finite numbers and a step towards stop
  in: @)"),
      fault<ValueError>(
          "a range down to a negative stop", [] { arange(-3); },
          R"(arange: step 1 does not lead from 0 to -3
  expected finite numbers and a step towards stop
  in: @)"),
      fault<ValueError>(
          "linspace of a negative count", [] { linspace(0, 1, -1); }, R"(linspace: count is -1
  expected 0 numbers and more
  in: @)"),
      fault<ValueError>(
          "logspace of a negative count", [] { logspace(0, 1, -1); }, R"(logspace: count is -1
  expected 0 numbers and more
  in: @)"),
      fault<ShapeError>(
          "eye of a negative size", [] { eye(-1); }, R"(eye: negative extent -1
  expected extents of 0 and more
  in: @)"),
      fault<ShapeError>(
          "tri of a negative size", [] { tri(2, -3); }, R"(tri: negative extent -3
  expected extents of 0 and more
  in: @)"),
      fault<ShapeError>(
          "vander of a matrix",
          [] {
            vander(zeros({2, 2}));
          },
          R"(vander: needs a vector
  x: f32 (2, 2)
  in: @)"),
      fault<ValueError>(
          "vander of a negative count", [] { vander(zeros({2}), -1); }, R"(vander: count is -1
  in: @)"),
      fault<ValueError>(
          "no threads", [] { cpu::set_threads(0); },
          R"(threads: the number of threads is out of range
  threads: 0
  expected a number from 1 to 256
  in: @)"),
      fault<ValueError>(
          "more threads than there can be", [] { cpu::set_threads(257); },
          R"(threads: the number of threads is out of range
  threads: 257
  expected a number from 1 to 256
  in: @)"),
      fault<ValueError>(
          "integer to a negative power", [] { pow(ones({2}, DType::i64), -1); },
          R"(pow: an integer is raised to a negative power
  exponent: -1
  hint: cast it to a floating type first
  in: @)"),
      fault<ValueError>(
          "polygamma of a negative order", [] { polygamma(-1, zeros({2})); },
          R"(polygamma: the order is negative
  n: -1
  expected a derivative's order, 0 and more
  in: @)"),
      fault<ValueError>(
          "multigammaln without dimensions", [] { multigammaln(zeros({2}), 0); },
          R"(multigammaln: the dimension is below 1
  p: 0
  in: @)"),
      fault<UnsupportedError>(
          "gradient of zeta by its first operand",
          [] {
            const Tensor x = ones({2});
            gradients(sum(zeta(x, 2)), {x})[0].eval();
          },
          R"(zeta: it has no gradient by its first operand
  hint: stop_gradient() around that operand
  in: @)"),
      fault<ValueError>(
          "tensor_split", [] { tensor_split(zeros({3}), -1); }, R"(tensor_split: the count is -1
  expected at least 1 piece
  in: @)"),
  };
}

}  // namespace fathom::test
