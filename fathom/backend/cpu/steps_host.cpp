// Operations that compute themselves, by a library that is the same for every backend.
#include "fathom/backend/cpu/steps.h"
#include "fathom/graph/host.h"

namespace fathom::cpu {
namespace {

class HostStep final : public Step {
 public:
  explicit HostStep(const StepContext& c) : instruction_(c.instruction) {
    may_fail = true;
    for (std::size_t i = 0; i < c.inputs.size(); ++i)
      specs_.push_back(c.input(static_cast<int>(i)));
    for (std::size_t i = 0; i < c.outputs.size(); ++i)
      specs_.push_back(c.output(static_cast<int>(i)));
  }

  std::string describe() const override { return std::string(instruction_.op->name); }
  void run(Buffers buffers) const override {
    std::vector<graph::HostBuffer> all;
    for (const graph::ValueId id : reads)
      all.push_back({&specs_[all.size()], at<char>(buffers, id)});
    for (const graph::ValueId id : writes)
      all.push_back({&specs_[all.size()], at<char>(buffers, id)});
    const std::span<const graph::HostBuffer> buffer(all);
    const auto on_the_pool = [](std::int64_t tasks, FunctionRef<void(std::int64_t)> body) {
      parallel_for(tasks, body);
    };
    instruction_.op->run(instruction_.attributes.get(),
                         {buffer.first(reads.size()), buffer.subspan(reads.size()), on_the_pool,
                          instruction_.origin});
  }

 private:
  graph::Instruction instruction_;
  std::vector<graph::Spec> specs_;  // as the operation sees them: a buffer's shape may be another
};

}  // namespace

std::unique_ptr<Step> make_host(const StepContext& c) { return std::make_unique<HostStep>(c); }

}  // namespace fathom::cpu
