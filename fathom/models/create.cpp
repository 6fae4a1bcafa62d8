#include "fathom/models/create.h"

#include "fathom/core/error.h"

namespace fathom::models {

const std::vector<std::string>& names() {
  static const std::vector<std::string> names = {"mlp", "linear"};
  return names;
}

nn::Layer create(std::string_view name, const MlpConfig& config) {
  if (name == "mlp") return mlp(config);
  if (name == "linear") {
    MlpConfig linear = config;
    linear.hidden.clear();
    return mlp(linear);
  }
  throw ValueError({.operation = "models::create",
                    .problem = "there is no model " + std::string(name),
                    .expected = "mlp or linear"});
}

}  // namespace fathom::models
