// Integer divisors are checked before anything is divided.
#include <cstring>

#include "fathom/backend/cpu/steps.h"
#include "fathom/backend/divisor.h"
#include "fathom/ops/elementwise.h"

namespace fathom::cpu {
namespace {

class DivisorStep final : public Step {
 public:
  explicit DivisorStep(const StepContext& c)
      : in_(c.inputs[0]), out_(c.outputs[0]), spec_(c.output()), origin_(c.instruction.origin) {
    may_fail = true;
  }
  std::string describe() const override { return "divisor " + to_string(spec_.shape); }
  void run(Buffers buffers) const override {
    const char* x = at<const char>(buffers, in_);
    check_divisors(spec_.dtype, x, spec_.shape.size(), origin_);
    if (spec_.bytes() > 0) std::memcpy(at<char>(buffers, out_), x, spec_.bytes());
  }

 private:
  graph::ValueId in_, out_;
  graph::Spec spec_;
  graph::Origin origin_;
};

}  // namespace

template <> std::unique_ptr<Step> make_step<op::Divisor>(const StepContext& c) {
  return std::make_unique<DivisorStep>(c);
}

}  // namespace fathom::cpu
