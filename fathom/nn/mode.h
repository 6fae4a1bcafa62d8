// Training and inference mode, and the random key of a training step: scopes, not flags of a
// module.
#pragma once
#include <cstdint>
#include <source_location>

#include "fathom/core/tensor.h"

namespace fathom::nn {

/// A random generator whose whole state is a seed and a count: draw i is the same on every machine.
struct Rng {
  std::uint64_t seed = 0;
  std::uint64_t count = 0;
  Tensor next();
};

/// While it lives, layers train: batch norm uses the batch's statistics, dropout drops by `key`.
/// value_and_grad opens one without a key if none is open.
class ModeScope {
 public:
  ModeScope(bool training, Tensor key);
  ~ModeScope();
  ModeScope(const ModeScope&) = delete;
  ModeScope& operator=(const ModeScope&) = delete;

 private:
  int mode_before_;
  Tensor key_before_;
  std::int64_t sites_before_;
};

/// One training step's scope; dropout takes its masks from the generator's next key.
[[nodiscard]] inline ModeScope training(Rng& rng) { return ModeScope(true, rng.next()); }
/// Training mode without a random key: layers that are random while training are an error.
[[nodiscard]] inline ModeScope training() { return ModeScope(true, {}); }
/// Layers infer, also inside of value_and_grad.
[[nodiscard]] inline ModeScope inference() { return ModeScope(false, {}); }

/// Whether a scope has turned training mode on.
bool is_training();

/// The step's random key and a number that no other layer call of the step has.
struct RandomSite {
  Tensor key;
  std::int64_t site;
};
/// For layers that are random while training. Errors: ValueError without a key.
RandomSite next_random_site(const char* layer, const std::source_location& where);

}  // namespace fathom::nn
