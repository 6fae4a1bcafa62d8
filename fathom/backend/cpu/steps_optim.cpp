// The optimizers' updates of whole parameters.
#include "fathom/backend/cpu/update_step.h"

namespace fathom::cpu {

template <> struct UpdateKernel<op::RmsPropUpdate> {
  using Settings = RmsProp;
  static constexpr std::size_t cost = 4;
  static void run(const op::RmsPropUpdate& u, const RmsProp& a, float* const* own, const float* g,
                  std::int64_t n) {
    float* mean = u.centered ? own[2] : nullptr;
    cpu::optim().rmsprop(a, own[0], g, own[1], mean, own[u.centered ? 3 : 2], n);
  }
};

namespace {

template <class Op> struct WholeUpdateStep final : UpdateStep {
  Op attributes;
  explicit WholeUpdateStep(const StepContext& c) : UpdateStep(c), attributes(c.attributes<Op>()) {}
  void run(Buffers buffers) const override {
    using Kernel = UpdateKernel<Op>;
    const auto a = update_settings<Op>(at<const double>(buffers, numbers));
    for_ranges(size, Kernel::cost, [&](std::int64_t begin, std::int64_t end) {
      const Pointers own = piece(buffers, begin, end);
      Kernel::run(attributes, a, own.data(), at<const float>(buffers, gradient) + begin,
                  end - begin);
    });
  }
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::SgdUpdate>(const StepContext& c) {
  return std::make_unique<WholeUpdateStep<op::SgdUpdate>>(c);
}
template <> std::unique_ptr<Step> make_step<op::AdamUpdate>(const StepContext& c) {
  return std::make_unique<WholeUpdateStep<op::AdamUpdate>>(c);
}
template <> std::unique_ptr<Step> make_step<op::RmsPropUpdate>(const StepContext& c) {
  return std::make_unique<WholeUpdateStep<op::RmsPropUpdate>>(c);
}
template <> std::unique_ptr<Step> make_step<op::AdagradUpdate>(const StepContext& c) {
  return std::make_unique<WholeUpdateStep<op::AdagradUpdate>>(c);
}

}  // namespace fathom::cpu
