// Sequences that a model continues token by token: greedily, by drawing, or by beam search.
//
//   const auto step = [&](const Tensor& tokens, std::vector<nn::KeyValueCache>& caches) {
//     return net(tokens, caches);                       // (B, n) -> (B, n, V) or (B, V)
//   };
//   auto [story] = generate::sequences({{bos}}, net.caches(256), step, {.max_new_tokens = 200});
//
// A model is a function of tokens and of a state of its own, whatever that is: key-value caches,
// the state of an LSTM with the encoder's output beside it, or nothing. What it computes is that of
// nn::inference(). Steps behind the prompt have equal shapes, so with a state of fixed shapes they
// run by one plan.
#pragma once
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/generate/options.h"
#include "fathom/generate/state.h"

namespace fathom::generate {

/// A model with its state.
class Model {
 public:
  virtual ~Model() = default;
  /// The scores (B, V) of what follows the last of n tokens (B, n), or (B, n, V) of what follows
  /// each. The state moves on by n tokens.
  virtual Tensor logits(const Tensor& tokens) = 0;
  /// Row i of the state becomes what row rows[i] of `count` rows was.
  virtual void reorder(const Tensor& rows, std::int64_t count) = 0;
  /// The same model with the state as it is.
  virtual std::unique_ptr<Model> copy() const = 0;
};

/// What follows each of the prompts, the best or first drawn first. The prompts, lists of token
/// ids, may differ in length: those of one length go together, and each sequence is what it is with
/// its prompt alone.
///
/// Errors  ValueError for options that make no sense and prompts without tokens; ShapeError for
///         logits of another shape; NumericError for scores that are NaN or leave nothing to choose
/// Source  Transformers' generate(): its results for the same logits, but for draws
std::vector<std::vector<Sequence>> sequences(const std::vector<std::vector<std::int64_t>>& prompts,
                                             const Model& model, const Options& options = {},
                                             Where where = Where::current());

/// The same of a function step(tokens, state) and the state before the first token, whose rows are
/// the prompts.
template <class State, class Step>
requires std::is_invocable_r_v<Tensor, const Step&, const Tensor&, State&>
    std::vector<std::vector<Sequence>> sequences(
        const std::vector<std::vector<std::int64_t>>& prompts, State state, const Step& step,
        const Options& options = {}, Where where = Where::current()) {
  struct Stepped final : Model {
    Stepped(State state, const Step& step) : state(std::move(state)), step(step) {}
    Tensor logits(const Tensor& tokens) override { return step(tokens, state); }
    void reorder(const Tensor& rows, std::int64_t count) override {
      generate::reorder(state, rows, count);
    }
    std::unique_ptr<Model> copy() const override { return std::make_unique<Stepped>(*this); }
    State state;
    const Step& step;
  };
  return sequences(prompts, Stepped(std::move(state), step), options, where);
}

}  // namespace fathom::generate
