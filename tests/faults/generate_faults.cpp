// Generation, attention to a source, and batches of tokens.
#include "fathom/generate/generate.h"

#include <algorithm>
#include <cmath>

#include "fathom/data/token_batches.h"
#include "fathom/nn/source_attention.h"
#include "tests/faults/faults.h"

namespace fathom::test {

namespace {

/// A model of five tokens, whose scores are all `value`.
auto constant(double value) {
  return [value](const Tensor& tokens, Tensor&) { return full({tokens.size(0), 5}, value); };
}

const std::vector<std::vector<std::int64_t>> two{{1}, {2}};

void generate_with(const generate::Options& options, Where where = Where::current()) {
  generate::sequences(two, Tensor(), constant(0), options, where);
}

}  // namespace

Faults generate_faults() {
  return {
      fault<ValueError>(
          "nothing to go on from", [] { generate::sequences({}, Tensor(), constant(0)); },
          R"(generate::sequences: there is no prompt
  expected at least one
  in: @)"),
      fault<ValueError>(
          "a prompt without tokens",
          [] {
            generate::sequences({{1}, {}}, Tensor(), constant(0));
          },
          R"(generate::sequences: prompt 1 has no tokens
  expected at least one token
  hint: such as the one that begins a text
  in: @)"),
      fault<ValueError>(
          "no tokens wanted", [] { generate_with({.max_new_tokens = 0}); },
          R"(generate::sequences: max_new_tokens is 0
  expected 1 or more
  in: @)"),
      fault<ValueError>(
          "a temperature of 0", [] { generate_with({.do_sample = true, .temperature = 0}); },
          R"(generate::sequences: temperature is 0
  expected a positive number
  hint: do_sample = false takes the likeliest token
  in: @)"),
      fault<ValueError>(
          "a probability beyond 1", [] { generate_with({.do_sample = true, .top_p = 1.5}); },
          R"(generate::sequences: top_p is 1.5
  expected a number in (0, 1]
  in: @)"),
      fault<ValueError>(
          "a penalty of 0", [] { generate_with({.repetition_penalty = 0}); },
          R"(generate::sequences: repetition_penalty is 0
  expected a positive number; 1 leaves scores as they are
  in: @)"),
      fault<ValueError>(
          "several greedy sequences", [] { generate_with({.num_return_sequences = 3}); },
          R"(generate::sequences: 3 sequences of a greedy search
  expected one
  hint: do_sample or num_beams
  in: @)"),
      fault<ValueError>(
          "more sequences than beams",
          [] { generate_with({.num_beams = 2, .num_return_sequences = 3}); },
          R"(generate::sequences: 3 sequences of 2 beams
  expected at most as many as there are beams
  in: @)"),
      fault<ValueError>(
          "tokens of beams as they come",
          [] {
            generate_with(
                {.num_beams = 2, .on_token = [](std::int64_t, std::int64_t) { return true; }});
          },
          R"(generate::sequences: on_token with beams
  expected one beam
  hint: which tokens stay is known only at the end of a beam search
  in: @)"),
      fault<ShapeError>(
          "scores of all prompts in one row",
          [] {
            generate::sequences(two, Tensor(), [](const Tensor&, Tensor&) {
              return zeros({1, 5});
            });
          },
          R"(generate::sequences: the model's scores do not fit its tokens
  tokens: i64 (2, 1)     scores: f32 (1, 5)
  expected (2, vocabulary), or (2, 1, vocabulary)
  in: @)"),
      fault<ShapeError>(
          "a vocabulary that shrinks",
          [] {
            generate::sequences(two, Tensor(), [](const Tensor& tokens, Tensor& seen) {
              const std::int64_t words = seen.defined() ? 4 : 5;
              seen = tokens;
              return zeros({2, words});
            });
          },
          R"(generate::sequences: the model's scores do not fit its tokens
  tokens: i64 (2, 1)     scores: f32 (2, 4)
  expected (2, 5), or (2, 1, 5)
  in: @)"),
      fault<ShapeError>(
          "a state with other rows",
          [] {
            generate::sequences(two, zeros({3, 4}), constant(0), {.num_beams = 2});
          },
          R"(generate::sequences: a tensor of the state has not a row for each sequence
  tensor: f32 (3, 4)
  expected 2 rows, along axis 0
  hint: a struct with a member reorder(rows) may keep rows elsewhere
  in: @)"),
      fault<NumericError>(
          "scores that are NaN", [] { generate::sequences(two, Tensor(), constant(NAN)); },
          R"(generate::sequences: nothing can be chosen as token 0 behind prompt 0
  expected finite scores of at least one token
  hint: scores are NaN, or options forbid all tokens
  in: @)"),
      fault<NumericError>(
          "beams that nothing may follow",
          [] {
            generate_with(
                {.processor = [](std::span<const std::int64_t>,
                                 std::span<float> scores) { std::ranges::fill(scores, -INFINITY); },
                 .num_beams = 2});
          },
          R"(generate::sequences: nothing can be chosen as token 0 behind prompt 0
  expected finite scores of at least one token
  hint: scores are NaN, or options forbid all tokens
  in: @)"),
      fault<ValueError>(
          "products of unequal sizes", [] { nn::LuongAttention(4, 6, nn::LuongScore::dot); },
          R"(nn::LuongAttention: queries of 4 numbers and keys of 6
  expected equal sizes for products
  hint: LuongScore::general has a matrix between them
  in: @)"),
      fault<ShapeError>(
          "a source of other numbers",
          [] {
            nn::BahdanauAttention(4, 6, 8).remember(zeros({2, 5, 7}));
          },
          R"(nn::BahdanauAttention: the source does not fit
  source: f32 (2, 5, 7)
  expected (batch, places, 6)
  in: nn::BahdanauAttention, @)"),
      fault<ShapeError>(
          "too few lengths of sources",
          [] {
            nn::LuongAttention(4, 6).remember(zeros({2, 5, 6}), labels({5}));
          },
          R"(nn::LuongAttention: one length a source is needed
  source: f32 (2, 5, 6)     lengths: i64 (1,)
  expected (2,)
  in: nn::LuongAttention, @)"),
      fault<ShapeError>(
          "a query of another batch",
          [] {
            const nn::LuongAttention attention(4, 6);
            attention(zeros({3, 4}), attention.remember(zeros({2, 5, 6})));
          },
          R"(nn::LuongAttention: the query does not fit
  query: f32 (3, 4)     source: f32 (2, 5, 6)
  expected (batch, 4) or (batch, steps, 4), of the source's batch
  in: nn::LuongAttention, @)"),
      fault<ValueError>(
          "no mask", [] { data::MaskedLanguageCollator({.vocabulary = 10}); },
          R"(data::MaskedLanguageCollator: mask_id is -1
  expected a token of the vocabulary, [0, 10)
  in: @)"),
      fault<ValueError>(
          "more than all tokens",
          [] { data::MaskedLanguageCollator({.mask_id = 1, .vocabulary = 10, .masked = 1.5}); },
          R"(data::MaskedLanguageCollator: masked is 1.5
  expected a share in [0, 1]
  in: @)"),
      fault<ValueError>(
          "a sequence that is too long",
          [] {
            data::loader(data::token_source({{1, 2, 3, 4}}, data::NextTokenCollator({.length = 2})))
                .begin();
          },
          R"(data::NextTokenCollator: a sequence of 3 tokens
  expected at most padding.length, 2
  hint: truncate it when it is made of a text
  in: @)"),
      fault<ValueError>(
          "lengths rounded to no multiple",
          [] {
            data::loader(data::token_source({{1, 2}}, data::NextTokenCollator({.multiple = 0})))
                .begin();
          },
          R"(data::NextTokenCollator: the padding makes no length
  padding.length: 0     padding.multiple: 0
  expected a length of at least 0 and a multiple of at least 1
  in: @)"),
      fault<ValueError>(
          "a sequence without a next token",
          [] { data::loader(data::token_source({{1}}, data::NextTokenCollator())).begin(); },
          R"(data::NextTokenCollator: a sequence of 1 tokens
  expected two or more: one, and the next
  in: @)"),
  };
}

}  // namespace fathom::test
