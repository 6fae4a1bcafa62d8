// Attention and its gradient.
#include "fathom/ops/attention.h"

#include "fathom/backend/cpu/attention.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/math/random_key.h"

namespace fathom::cpu {
namespace {

using graph::ValueId;

AttentionSizes sizes_of(const op::AttentionForm& form, const Shape& q, const Shape& k,
                        const Shape& v, const Shape* mask) {
  AttentionSizes s{.batch = q[0],
                   .heads = q[1],
                   .groups = k[1],
                   .queries = q[2],
                   .keys = k[2],
                   .depth = q[3],
                   .width = v[3],
                   .scale = static_cast<float>(form.scale),
                   .before = form.before,
                   .after = form.after,
                   .mask_batch = 0,
                   .mask_head = 0,
                   .mask_row = 0};
  if (mask) {
    const Shape& m = *mask;
    if (m[2] > 1) s.mask_row = m[3];
    if (m[1] > 1) s.mask_head = m[2] * m[3];
    if (m[0] > 1) s.mask_batch = m[1] * m[2] * m[3];
  }
  return s;
}

/// Inputs of forward: q, k, v; of backward: dy, q, k, v, logarithms, delta.
class AttentionStep final : public Step {
 public:
  std::vector<ValueId> in, out;
  ValueId mask_in = -1, key = -1;  // or none
  AttentionSizes sizes;
  AttentionDropout dropout;  // without its key
  std::int64_t site;
  bool backward;

  std::string describe() const override {
    const auto text = [](std::int64_t n) { return std::to_string(n); };
    return std::string("attention") + (backward ? " backward " : " ") + text(sizes.batch) + "x" +
           text(sizes.heads) + " heads, " + text(sizes.queries) + " queries, " + text(sizes.keys) +
           " keys of " + text(sizes.depth);
  }
  void run(Buffers b) const override {
    const auto x = [&](std::size_t i) { return at<const float>(b, in[i]); };
    const auto y = [&](std::size_t i) { return at<float>(b, out[i]); };
    float* const memory = at<float>(b, scratch);
    const float* const mask = at<const float>(b, mask_in);
    AttentionDropout now = dropout;
    if (key >= 0) now.key = site_key(*at<const std::uint64_t>(b, key), site);
    const AttentionDropout* const drop = key >= 0 ? &now : nullptr;
    if (backward)
      attention_backward(sizes, x(0), x(1), x(2), x(3), x(4), x(5), mask, drop, y(0), y(1), y(2),
                         memory);
    else
      attention(sizes, x(0), x(1), x(2), mask, drop, y(0), y(1), memory);
  }
};

std::unique_ptr<Step> make(const StepContext& c, const op::AttentionForm& form, bool backward) {
  auto step = std::make_unique<AttentionStep>();
  step->in = c.inputs;
  step->out = c.outputs;
  step->backward = backward;
  const int q = backward ? 1 : 0;
  const int mask = backward ? 6 : 3;
  step->sizes = sizes_of(form, c.input(q).shape, c.input(q + 1).shape, c.input(q + 2).shape,
                         form.masked ? &c.input(mask).shape : nullptr);
  if (form.masked) step->mask_in = c.inputs[static_cast<std::size_t>(mask)];
  if (form.dropout > 0) step->key = c.inputs.back();
  const double scale = form.dropout < 1 ? 1 / (1 - form.dropout) : 0;
  step->dropout = {static_cast<float>(form.dropout), static_cast<float>(scale), 0};
  step->site = form.site;
  step->scratch_bytes =
      (backward ? attention_backward_scratch(step->sizes) : attention_scratch(step->sizes)) *
      sizeof(float);
  return step;
}

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Attention>(const StepContext& c) {
  return make(c, c.attributes<op::Attention>().form, false);
}
template <> std::unique_ptr<Step> make_step<op::AttentionBackward>(const StepContext& c) {
  return make(c, c.attributes<op::AttentionBackward>().form, true);
}

}  // namespace fathom::cpu
