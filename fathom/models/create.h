// Models by name, as the command line and model directories call for them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "fathom/models/blocks.h"
#include "fathom/models/mlp.h"
#include "fathom/nn/sequential.h"

namespace fathom::models {

/// The networks for pictures that create() knows: torchvision's names, and lenet5, mobilenet_v1,
/// xception, resnet20_cifar and its kin.
const std::vector<std::string>& list();
/// Errors: ValueError for a name that list() has not.
void require_name(std::string_view name, Where where = Where::current());
/// A network for pictures by name, with fresh parameters, drawn from this thread's generator
/// (fathom::seed), or with those of a file of any format that io::load_tensors reads, halves made
/// f32 and a prefix of all names left out: create("resnet18", {.classes = 10}).
///
/// Shapes  (B, 3, H, W), of lenet5 (B, 1, 28, 28) -> logits (B, classes)
/// Errors  ValueError for another name and options out of range; those of io::load_weights
nn::Layer create(std::string_view name, const ModelOptions& options = {},
                 Where where = Where::current());

/// The names that create_mlp() takes: "mlp", "linear".
const std::vector<std::string>& names();
/// A perceptron with fresh parameters. "linear" is "mlp" without hidden layers. Errors: ValueError
/// for another name.
nn::Layer create_mlp(std::string_view name, const MlpConfig& config);

}  // namespace fathom::models
