// Random numbers.
#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/steps.h"
#include "fathom/math/random_key.h"
#include "fathom/ops/creation.h"

namespace fathom::cpu {
namespace {

class RandomStep final : public Step {
 public:
  graph::ValueId key, out;
  op::Random::Kind kind;
  std::int64_t site, size;

  std::string describe() const override {
    return std::string(kind == op::Random::Kind::uniform ? "uniform " : "normal ") +
           std::to_string(size);
  }
  void run(Buffers buffers) const override {
    const RandomKernels& k = random();
    const std::uint64_t mixed = site_key(*at<const std::uint64_t>(buffers, key), site);
    float* y = at<float>(buffers, out);
    constexpr std::int64_t block = 64;
    for_ranges((size + block - 1) / block, 2 * block, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t first = begin * block;
      const std::int64_t n = (end * block < size ? end * block : size) - first;
      if (kind == op::Random::Kind::uniform)
        k.uniform(y + first, first, n, mixed, 0.0f, 1.0f);
      else
        k.normal(y + first, first, n, mixed, 0.0f, 1.0f);
    });
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Random>(const StepContext& c) {
  const auto& a = c.attributes<op::Random>();
  auto step = std::make_unique<RandomStep>();
  step->key = c.inputs[0];
  step->out = c.outputs[0];
  step->kind = a.kind;
  step->site = a.site;
  step->size = a.shape.size();
  return step;
}

}  // namespace fathom::cpu
