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
  op::Random numbers;

  std::string describe() const override {
    constexpr const char* names[] = {"uniform ", "normal ", "kept "};
    return names[static_cast<int>(numbers.kind)] + std::to_string(numbers.shape.size());
  }
  void run(Buffers buffers) const override {
    const RandomKernels& k = random();
    const std::uint64_t mixed = site_key(*at<const std::uint64_t>(buffers, key), numbers.site);
    float* y = at<float>(buffers, out);
    constexpr std::int64_t block = 64;
    const std::int64_t size = numbers.shape.size();
    for_ranges((size + block - 1) / block, 2 * block, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t first = begin * block;
      const std::int64_t n = (end * block < size ? end * block : size) - first;
      switch (numbers.kind) {
        case op::Random::Kind::uniform:
          return k.uniform(y + first, first, n, mixed, 0.0f, 1.0f);
        case op::Random::Kind::normal:
          return k.normal(y + first, first, n, mixed, 0.0f, 1.0f);
        case op::Random::Kind::kept:
          return k.kept(y + first, first, n, mixed, static_cast<float>(numbers.probability), 1.0f);
      }
    });
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Random>(const StepContext& c) {
  auto step = std::make_unique<RandomStep>();
  step->key = c.inputs[0];
  step->out = c.outputs[0];
  step->numbers = c.attributes<op::Random>();
  return step;
}

}  // namespace fathom::cpu
