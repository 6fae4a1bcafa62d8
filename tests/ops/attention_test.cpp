// Attention and positions where a row of samples does not reach: bits of padded sequences, dropout,
// the numbers of Hugging Face Transformers 5.24.
#include <doctest/doctest.h>

#include <cmath>

#include "fathom/fathom.h"
#include "tests/ops/compare.h"

using namespace fathom;

namespace {

void check_near(const Tensor& got, const std::vector<double>& wanted) {
  const std::vector<float> numbers = got.to_vector<float>();
  REQUIRE(numbers.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    CHECK(std::abs(numbers[i] - wanted[i]) <= 3e-7 * std::abs(wanted[i]));
}

}  // namespace

TEST_CASE("attention: keys behind those that are seen change no bit") {
  seed(5);
  const Tensor q = randn({1, 2, 70, 16}).eval(), k = randn({1, 2, 150, 16}).eval();
  const Tensor v = randn({1, 2, 150, 16}).eval();
  const Tensor seen = (arange(150) < 100).eval();
  const Tensor padded = scaled_dot_product_attention(q, k, v, {.mask = seen});
  const Tensor alone =
      scaled_dot_product_attention(q, slice(k, 2, 0, 100).eval(), slice(v, 2, 0, 100).eval());
  CHECK(test::bit_difference(padded, alone) == "");
}

TEST_CASE("attention: a sequence alone and in a padded batch is the same to a transformer") {
  seed(6);
  const nn::TransformerEncoder encoder(
      nn::TransformerEncoderLayer(16, 4, {.dim_feedforward = 24, .batch_first = true}), 2);
  const auto scope = nn::inference();
  const Tensor batch = randn({3, 9, 16}).eval();
  const Tensor padding = arange(9) >= reshape(tensor({9, 5, 7}), {3, 1});
  const Tensor together = encoder(batch, {.key_padding = padding}).eval();
  const Tensor alone = encoder(slice(slice(batch, 0, 1, 2), 1, 0, 5).eval()).eval();
  CHECK(test::bit_difference(slice(slice(together, 0, 1, 2), 1, 0, 5), alone) == "");
}

TEST_CASE("attention: a query that may look at nothing gives 0, and no NaN on the way back") {
  const Tensor q = randn({2, 3, 4}).eval(), v = randn({2, 5, 4}).eval();
  const Tensor mask = reshape(tensor({1, 0, 1}) > 0, {3, 1}).eval();
  const auto loss = [&](const Tensor& x) {
    return sum(square(scaled_dot_product_attention(x, v, v, {.mask = mask})));
  };
  const Tensor y = scaled_dot_product_attention(q, v, v, {.mask = mask});
  CHECK(all(select(y, 1, 1) == 0).item<bool>());
  const Tensor slope = grad(loss)(q);
  CHECK(all(select(slope, 1, 1) == 0).item<bool>());
  CHECK(all(isfinite(slope)).item<bool>());
}

TEST_CASE("attention: weights that are dropped out have the mean of those that are not") {
  seed(7);
  const nn::MultiheadAttention net(8, 2, {.dropout = 0.5, .batch_first = true});
  const Tensor x = randn({1, 6, 8}).eval();
  nn::Rng rng{.seed = 3};
  Tensor total;
  constexpr int runs = 400;
  for (int i = 0; i < runs; ++i) {
    const auto scope = nn::training(rng);
    const Tensor weights = net.with_weights(x, x, x, {}, false).weights.eval();
    if (i == 0) CHECK(sum(weights == 0).item<std::int64_t>() > 10);
    total = i ? (total + weights).eval() : weights;
  }
  const auto scope = nn::inference();
  const Tensor expected = net.with_weights(x, x, x, {}, false).weights;
  CHECK(max(abs(total / runs - expected)).item() < 0.06);
}

TEST_CASE("attention: a layer drops out the weights that it would show") {
  seed(8);
  const nn::MultiheadAttention net(8, 2, {.dropout = 0.4, .batch_first = true});
  const Tensor x = randn({2, 64, 8}).eval();
  const auto run = [&](auto&& f) {
    nn::Rng rng{.seed = 3};
    const auto scope = nn::training(rng);
    return f().eval();
  };
  const Tensor shown = run([&] { return net.with_weights(x, x, x).y; });
  const Tensor inside = run([&] { return net(x, x, x); });
  CHECK(max(abs(shown - inside)).item() < 1e-5);
}

TEST_CASE("attention: a bias that is learned gets a gradient for each head and distance") {
  const Tensor q = randn({2, 3, 5, 4}).eval(), k = randn({2, 3, 7, 4}).eval();
  const Tensor buckets = relative_position_buckets(5, 7, true, 8, 16);
  const Tensor table = randn({8, 3}).eval();
  const auto bias = [&](const Tensor& t) {
    return permute(reshape(embedding(reshape(buckets, {-1}), t), {5, 7, 3}), {2, 0, 1});
  };
  const Tensor fused = grad([&](const Tensor& t) {
    return sum(sin(scaled_dot_product_attention(q, k, k, {.mask = bias(t)})));
  })(table);
  const Tensor composed = grad([&](const Tensor& t) {
    return sum(sin(matmul(softmax(matmul(q, transpose(k, 2, 3)) / 2 + bias(t)), k)));
  })(table);
  CHECK(max(abs(fused - composed)).item() < 1e-5);
}

TEST_CASE("positions: rotary frequencies of all scalings") {
  check_near(rotary_frequencies(8, 10000, rotary::Linear{4}).frequencies,
             {0.25, 0.0250000004, 0.00249999994, 0.000250000012});
  check_near(rotary_frequencies(8, 10000, rotary::Dynamic{4, 64, 200}).frequencies,
             {1, 0.0472163223, 0.00222938065, 0.000105263156});
  const RotaryFrequencies yarn = rotary_frequencies(16, 10000, rotary::Yarn{4, 64});
  CHECK(yarn.attention == doctest::Approx(1.13862944).epsilon(1e-8));
  check_near(yarn.frequencies, {1, 0.237170815, 0.049999997, 0.00790569466, 0.00249999994,
                                0.000790569466, 0.000250000012, 7.90569466e-05});
  const rotary::LongRope longer{{1, 1.1, 1.2, 1.3}, {2, 3, 4, 5}, 64, 200, 4};
  CHECK(rotary_frequencies(8, 10000, longer).attention ==
        doctest::Approx(1.15470054).epsilon(1e-8));
  check_near(rotary_frequencies(8, 10000, longer).frequencies,
             {0.5, 0.0333333351, 0.00249999994, 0.000199999995});
  check_near(rotary_frequencies(16, 500000, rotary::Llama3{8, 1, 4, 8192}).frequencies,
             {1, 0.193922758, 0.0376060307, 0.00729266508, 0.000524846022, 3.42810235e-05,
              6.64786967e-06, 1.28917316e-06});
}

TEST_CASE("positions: T5's buckets, and sines and cosines in turns") {
  CHECK(sum(relative_position_buckets(200, 200)).item<std::int64_t>() == 809730);
  CHECK(sum(relative_position_buckets(200, 200, false)).item<std::int64_t>() == 464157);
  check_near(sinusoid_positions(2, 4),
             {0, 1, 0, 1, 0.8414709848, 0.5403023059, 0.009999833334, 0.9999500004});
}
