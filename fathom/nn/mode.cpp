#include "fathom/nn/mode.h"

#include "fathom/core/error.h"
#include "fathom/graph/context.h"
#include "fathom/ops/creation.h"

namespace fathom::nn {

using graph::Context;
using graph::context;

Tensor Rng::next() { return make_key(seed, count++); }

ModeScope::ModeScope(bool training, Tensor key)
    : mode_before_(static_cast<int>(context().mode)),
      key_before_(std::move(context().dropout_key)),
      sites_before_(context().dropout_sites) {
  context().mode = training ? Context::Mode::training : Context::Mode::inference;
  context().dropout_key = std::move(key);
  context().dropout_sites = 0;
}

ModeScope::~ModeScope() {
  context().mode = static_cast<Context::Mode>(mode_before_);
  context().dropout_key = std::move(key_before_);
  context().dropout_sites = sites_before_;
}

bool is_training() {
  const Context& c = context();
  return c.mode == Context::Mode::training || (c.mode == Context::Mode::none && c.recording > 0);
}

RandomSite next_random_site(const char* layer, const std::source_location& where) {
  Context& c = context();
  if (!c.dropout_key.defined())
    throw ValueError({.operation = layer,
                      .problem = "no random key while training",
                      .hint = "open a scope around the step: auto scope = nn::training(rng)",
                      .module = graph::current_module(),
                      .where = to_string(graph::user_line(where))});
  return {c.dropout_key, ++c.dropout_sites};
}

}  // namespace fathom::nn
