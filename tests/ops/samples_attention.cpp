#include "fathom/ops/attention.h"

#include "fathom/ops/creation.h"
#include "fathom/ops/positions.h"
#include "tests/ops/samples.h"

namespace fathom::test {

namespace {

Tensor attend(In x, const AttentionOptions& options = {}) {
  return scaled_dot_product_attention(x[0], x[1], x[2], options);
}

AttentionOptions dropped(double probability) {
  return {.dropout = probability, .key = make_key(1, 2), .site = 3};
}

}  // namespace

Samples attention_samples() {
  const SampleOptions smooth{.tolerance = 5e-6, .second = true};
  const SampleOptions flat{.gradient = false};
  const SampleOptions large{.tolerance = 2e-5, .large = true};
  return {
      // softmax((1, 0), (0, 1) by itself / sqrt(2)) of 1 and 2
      {"scaled_dot_product_attention",
       [](In x) { return attend(x); },
       {given({2, 2}, {1, 0, 0, 1}), given({2, 2}, {1, 0, 0, 1}), given({2, 1}, {1, 2})},
       smooth,
       {1.3302384506733431, 1.6697615493266569}},
      {"scaled_dot_product_attention/heads",
       [](In x) { return attend(x); },
       {real({2, 3, 5, 4}), real({2, 3, 7, 4}), real({2, 3, 7, 6})},
       smooth},
      {"scaled_dot_product_attention/causal",
       [](In x) { return attend(x, {.causal = true}); },
       {real({2, 6, 3}), real({2, 6, 3}), real({2, 6, 2})},
       smooth},
      {"scaled_dot_product_attention/more queries than keys, causal",
       [](In x) { return attend(x, {.causal = true, .scale = 0.3}); },
       {real({1, 9, 3}), real({1, 4, 3}), real({1, 4, 2})},
       smooth},
      {"scaled_dot_product_attention/grouped heads",
       [](In x) { return attend(x); },
       {real({2, 6, 4, 3}), real({2, 2, 5, 3}), real({2, 2, 5, 3})},
       smooth},
      {"scaled_dot_product_attention/added mask",
       [](In x) { return attend(x, {.mask = x[3]}); },
       {real({2, 3, 4, 5}), real({2, 3, 6, 5}), real({2, 3, 6, 5}), real({3, 4, 6})},
       smooth},
      {"scaled_dot_product_attention/mask of keys",
       [](In x) { return attend(x, {.mask = x[3]}); },
       {real({2, 3, 4, 5}), real({2, 3, 6, 5}), real({2, 3, 6, 5}), truth({2, 1, 1, 6})},
       smooth},
      {"scaled_dot_product_attention/five axes, a mask that varies",
       [](In x) { return attend(x, {.mask = x[3]}); },
       {real({2, 2, 3, 4, 5}), real({2, 2, 3, 6, 5}), real({2, 2, 3, 6, 5}),
        truth({2, 1, 1, 4, 1})},
       {.tolerance = 5e-6}},
      {"scaled_dot_product_attention/window",
       [](In x) { return attend(x, {.before = 2, .after = 1}); },
       {real({1, 9, 3}), real({1, 9, 3}), real({1, 9, 2})},
       smooth},
      {"scaled_dot_product_attention/blocks",
       [](In x) { return attend(x); },
       {real({1, 3, 70, 20}), real({1, 3, 150, 20}), real({1, 3, 150, 24})},
       large},
      {"scaled_dot_product_attention/blocks of keys, masked",
       [](In x) { return attend(x, {.mask = x[3]}); },
       {real({1, 2, 100, 8}), real({1, 2, 300, 8}), real({1, 2, 300, 8}), truth({1, 1, 100, 300})},
       large},
      {"scaled_dot_product_attention/dropout",
       [](In x) { return attend(x, dropped(0.3)); },
       {real({2, 3, 5, 4}), real({2, 3, 7, 4}), real({2, 3, 7, 6})},
       smooth},
      {"scaled_dot_product_attention/dropout of all",
       [](In x) { return attend(x, dropped(1)); },
       {real({2, 4, 3}), real({2, 4, 3}), real({2, 4, 3})},
       smooth},
      {"scaled_dot_product_attention/dropout, masked",
       [](In x) {
         AttentionOptions options = dropped(0.5);
         options.mask = x[3], options.causal = true;
         return attend(x, options);
       },
       {real({2, 6, 4}), real({2, 6, 4}), real({2, 6, 4}), real({6, 6})},
       smooth},
      {"scaled_dot_product_attention/dropout in blocks",
       [](In x) { return attend(x, dropped(0.1)); },
       {real({1, 4, 130, 8}), real({1, 2, 300, 8}), real({1, 2, 300, 8})},
       large},
      {"scaled_dot_product_attention/causal blocks",
       [](In x) { return attend(x, {.causal = true}); },
       {real({1, 2, 200, 16}), real({1, 2, 200, 16}), real({1, 2, 200, 16})},
       large},
      {"scaled_dot_product_attention/window of blocks",
       [](In x) { return attend(x, {.before = 70, .after = 3}); },
       {real({1, 4, 200, 16}), real({1, 2, 200, 16}), real({1, 2, 200, 16})},
       large},
      {"scaled_dot_product_attention/f64",
       [](In x) { return attend(x); },
       {{{2, 3, 4}, DType::f64}, {{2, 5, 4}, DType::f64}, {{2, 5, 4}, DType::f64}},
       {}},
      {"scaled_dot_product_attention/one query",
       [](In x) { return attend(x); },
       {real({1, 8, 1, 16}), real({1, 8, 90, 16}), real({1, 8, 90, 16})},
       {.tolerance = 5e-6}},
      {"scaled_dot_product_attention/no keys",
       [](In x) { return attend(x); },
       {real({2, 3, 4}), real({2, 0, 4}), real({2, 0, 4})},
       {}},
      {"scaled_dot_product_attention/no queries",
       [](In x) { return attend(x); },
       {real({2, 0, 4}), real({2, 3, 4}), real({2, 3, 4})},
       {}},
      {"attention_weights",
       [](In x) { return attention_weights(x[0], x[1], {.causal = true}); },
       {real({2, 3, 5, 4}), real({2, 3, 5, 4})},
       smooth},
      {"attention_weights/nothing to see",
       [](In x) { return attention_weights(x[0], x[1], {.mask = x[2]}); },
       {real({3, 5, 4}), real({3, 5, 4}), truth({5, 1})},
       {.tolerance = 5e-6}},
      {"sinusoid_positions", [](In) { return sinusoid_positions(3, 4); }, {}, flat},
      {"rotate_positions",
       [](In x) { return rotate_positions(x[0], arange(5), rotary_frequencies(4)); },
       {real({2, 5, 4})},
       smooth},
      {"rotate_positions/interleaved",
       [](In x) { return rotate_positions(x[0], x[1], rotary_frequencies(4), true); },
       {real({2, 5, 6}), whole({2, 5}, 0, 100)},
       {.tolerance = 5e-6}},
      {"rotate_positions/stretched",
       [](In x) {
         return rotate_positions(x[0], arange(3, 8),
                                 rotary_frequencies(6, 500, rotary::Yarn{4, 32}));
       },
       {real({2, 5, 6})},
       {}},
      {"alibi_bias",
       [](In) { return alibi_bias(3, 2, 3); },
       {},
       flat,
       {-0.0625, 0, -0.0625, -0.125, -0.0625, 0, -0.00390625, 0, -0.00390625, -0.0078125,
        -0.00390625, 0, -0.25, 0, -0.25, -0.5, -0.25, 0}},
      {"relative_position_buckets",
       [](In) { return relative_position_buckets(2, 5, true, 8, 16); },
       {},
       flat,
       {0, 5, 6, 6, 6, 1, 0, 5, 6, 6}},
  };
}

}  // namespace fathom::test
