// Initial values of parameters: the initialisers of torch.nn.init as functions that give a new
// tensor, to be assigned: net.hidden.weight = nn::init::kaiming_normal({100, 784}).
//
// Shapes    a weight is (out, in, ...): fan_in = in * the extents after, fan_out = out * the same
// Dtypes    f32
// Random    numbers come from this thread's generator (see seed())
// Errors    ShapeError for a shape that an initialiser cannot fill, ValueError for an option
#pragma once
#include <cstdint>
#include <utility>

#include "fathom/core/tensor.h"

namespace fathom::nn::init {

/// Which count of connections keeps its variance: forward or backward.
enum class FanMode : std::uint8_t { fan_in, fan_out };
/// The function after a layer, for its gain.
enum class Nonlinearity : std::uint8_t { linear, sigmoid, tanh, relu, leaky_relu, selu };

/// {fan_in, fan_out} of a weight. Errors: ShapeError for fewer than two axes.
std::pair<std::int64_t, std::int64_t> fans(const Shape& shape, Where where = Where::current());
/// The factor of a deviation that makes up for a nonlinearity; `slope` is leaky_relu's.
double calculate_gain(Nonlinearity nonlinearity, double slope = 0.01);

/// Uniform in [low, high).
Tensor uniform(const Shape& shape, double low = 0.0, double high = 1.0,
               Where where = Where::current());
/// Normal.
Tensor normal(const Shape& shape, double mean = 0.0, double std_dev = 1.0,
              Where where = Where::current());
/// Normal, cut to [low, high].
Tensor trunc_normal(const Shape& shape, double mean = 0.0, double std_dev = 1.0, double low = -2.0,
                    double high = 2.0);
/// Every element `value`.
Tensor constant(const Shape& shape, double value);
/// Zeros.
Tensor zeros(const Shape& shape);
/// Ones.
Tensor ones(const Shape& shape);
/// Ones on the diagonal. Errors: ShapeError for other than two axes.
Tensor eye(const Shape& shape, Where where = Where::current());
/// A convolution's weight that hands channels through, each group its own. Errors: ShapeError for
/// other than three to five axes, ValueError if the groups do not divide the outputs.
Tensor dirac(const Shape& shape, std::int64_t groups = 1, Where where = Where::current());
/// Uniform within gain * sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010).
Tensor xavier_uniform(const Shape& shape, double gain = 1.0, Where where = Where::current());
/// Normal with deviation gain * sqrt(2 / (fan_in + fan_out)).
Tensor xavier_normal(const Shape& shape, double gain = 1.0, Where where = Where::current());
/// Uniform within gain * sqrt(3 / fan) (He et al. 2015); `slope` is that of leaky_relu.
Tensor kaiming_uniform(const Shape& shape, double slope = 0.0, FanMode mode = FanMode::fan_in,
                       Nonlinearity nonlinearity = Nonlinearity::leaky_relu,
                       Where where = Where::current());
/// Normal with deviation gain / sqrt(fan).
Tensor kaiming_normal(const Shape& shape, double slope = 0.0, FanMode mode = FanMode::fan_in,
                      Nonlinearity nonlinearity = Nonlinearity::leaky_relu,
                      Where where = Where::current());

/// gain times a matrix of orthonormal rows or columns, whichever are fewer, of all equally likely
/// (Saxe et al. 2013); axes behind the first count as one. Errors: ShapeError for fewer than two.
Tensor orthogonal(const Shape& shape, double gain = 1.0);
/// Normal, with a share of each column, rounded up, set to 0 (Martens 2010). Errors: ShapeError for
/// other than two axes, ValueError for a sparsity outside [0, 1].
Tensor sparse(const Shape& shape, double sparsity, double std_dev = 0.01);

}  // namespace fathom::nn::init
