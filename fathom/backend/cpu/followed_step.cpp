#include "fathom/backend/cpu/followed_step.h"

#include "fathom/backend/cpu/steps.h"

namespace fathom::cpu {

void all_done(std::int64_t count, const PartDone* done) {
  if (!done) return;
  for_ranges(count, 1, [&](std::int64_t begin, std::int64_t end) { (*done)(begin, end - begin); });
}

namespace {

using graph::ValueId;

class FollowedStep final : public Step {
 public:
  FollowedStep(std::unique_ptr<PartsStep> first, std::unique_ptr<ElementStep> second,
               bool only_here)
      : first_(std::move(first)), second_(std::move(second)) {
    const ValueId between = first_->writes[0];
    if (only_here) find_alias(between);
    if (alias_ >= 0) tail_ = second_->as_tail(between);
    reads = first_->reads;
    for (const ValueId v : second_->reads)
      if (v != between && !contains(reads, v)) reads.push_back(v);
    if (alias_ < 0) writes = first_->writes;
    writes.insert(writes.end(), second_->writes.begin(), second_->writes.end());
    packed_bytes = first_->packed_bytes;
    packed = first_->packed;
    pack_reads = first_->pack_reads;
    may_fail = first_->may_fail || second_->may_fail;
    scratches = first_->scratches;
  }

  /// The output of both whose memory holds what the second reads of the first, or -1.
  ValueId alias() const {
    return alias_ < 0 ? -1 : second_->writes[static_cast<std::size_t>(alias_)];
  }

  void run(Buffers buffers) const override {
    if (tail_ && first_->run_with_tail(buffers, *tail_)) return;
    const auto rest = [&](std::int64_t begin, std::int64_t count) {
      second_->run_elements(buffers, begin, count);
      second_->fetch_elements(buffers, begin + count, count);
    };
    const PartDone done(rest);
    first_->run_parts(buffers, &done);
  }
  void pack(Buffers buffers) const override { first_->pack(buffers); }
  std::string describe() const override {
    return first_->describe() + ", then " + second_->describe();
  }
  /// The first reads as a whole, also after some of the outputs are there.
  bool may_overwrite(ValueId input, int output) const override {
    const int own = alias_ < 0 ? static_cast<int>(first_->writes.size()) : 0;
    return output >= own && output - own != alias_ && !contains(first_->reads, input) &&
           second_->may_overwrite(input, output - own);
  }

 private:
  void find_alias(ValueId between) {
    for (std::size_t o = 0; o < second_->writes.size() && alias_ < 0; ++o)
      if (second_->may_overwrite(between, static_cast<int>(o))) alias_ = static_cast<int>(o);
  }

  std::unique_ptr<PartsStep> first_;
  std::unique_ptr<ElementStep> second_;
  int alias_ = -1;  // a position among the second's outputs
  std::optional<Tail> tail_;
};

}  // namespace

std::unique_ptr<Step> follow(std::unique_ptr<PartsStep> first, std::unique_ptr<ElementStep> second,
                             bool only_here, std::vector<std::pair<ValueId, ValueId>>& aliases) {
  const ValueId between = first->writes[0];
  auto both = std::make_unique<FollowedStep>(std::move(first), std::move(second), only_here);
  if (both->alias() >= 0) aliases.emplace_back(between, both->alias());
  return both;
}

}  // namespace fathom::cpu
