// Followed steps: an elementwise region right behind the kernel whose output it reads runs on each
// part of that output as soon as it is there. So a bias, an activation or a residual sum after a
// convolution or a product finds its numbers in the cache. Where it is only a sum, a ReLU or both,
// and the kernel can, they never leave the registers: a tail.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "fathom/backend/cpu/part_done.h"
#include "fathom/backend/cpu/step.h"

namespace fathom::cpu {

/// What becomes of an element: the sum with another of that number, then its ReLU.
struct Tail {
  graph::ValueId addend = -1;  ///< or none
  bool relu = false;
  template <class T> ElementTail<T> in(Buffers buffers) const {
    return {at<const T>(buffers, addend), relu};
  }
};

/// A step with one output that tells of its parts.
class PartsStep : public Step {
 public:
  void run(Buffers buffers) const final { run_parts(buffers, nullptr); }
  virtual void run_parts(Buffers buffers, const PartDone* done) const = 0;
  /// Runs with a tail; false if it cannot, and then nothing has been done.
  virtual bool run_with_tail(Buffers buffers, const Tail& tail) const {
    (void)buffers, (void)tail;
    return false;
  }
};

/// A step that computes element i of its outputs from elements i of what it reads `flat`, and from
/// what it reads otherwise.
class ElementStep : public Step {
 public:
  /// The whole step as a tail of f32 or f64 behind `value`, if it is one.
  virtual std::optional<Tail> as_tail(graph::ValueId value) const = 0;
  virtual void run_elements(Buffers buffers, std::int64_t first, std::int64_t count) const = 0;
  /// Asks for what these elements read flat, ahead of their turn.
  virtual void fetch_elements(Buffers buffers, std::int64_t first, std::int64_t count) const = 0;
};

/// Both steps as one. If `only_here`, nobody else reads the first one's output: then it is written
/// where one of the second one's outputs is to be, if that may overwrite it, and the pair of both
/// is added to `aliases`.
std::unique_ptr<Step> follow(std::unique_ptr<PartsStep> first, std::unique_ptr<ElementStep> second,
                             bool only_here,
                             std::vector<std::pair<graph::ValueId, graph::ValueId>>& aliases);

}  // namespace fathom::cpu
