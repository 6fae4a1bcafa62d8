// Models by name, as the command line and model directories call for them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "fathom/models/mlp.h"
#include "fathom/nn/sequential.h"

namespace fathom::models {

/// The names that create() takes: "mlp", "linear".
const std::vector<std::string>& names();

/// A model with fresh parameters, drawn from this thread's generator (fathom::seed). "linear" is
/// "mlp" without hidden layers. Errors: ValueError for another name.
nn::Layer create(std::string_view name, const MlpConfig& config);

}  // namespace fathom::models
