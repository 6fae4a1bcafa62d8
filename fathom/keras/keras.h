// Models of Keras: their weights as named tensors, and Sequential and Functional models as Fathom
// models that run. Needs libhdf5, so it is a component of its own: fathom.h does not include it.
//
//   const auto net = keras::load_model("mnist.keras");
//   const Tensor classes = net(pictures);   // (B, 28, 28, 1), as in Keras
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "fathom/io/tensor_file.h"
#include "fathom/nn/sequential.h"

namespace fathom::keras {

/// Whether a file begins like one of Keras: HDF5, or an archive with a config.json.
/// Errors: IoError.
bool is_keras_file(const std::string& path, Where where = Where::current());

/// Every data set of a .h5 or .keras file by its path: "layers/dense/vars/0". Layouts are those of
/// the file. The wrapper is model_weights or layers, if there is one.
/// Dtypes: as io::load_tensors. Errors: IoError, FormatError, UnsupportedError.
io::TensorFile load_tensors(const std::string& path, Where where = Where::current());

/// A model of Keras: single operations and layers in the order in which they run. It takes and
/// gives what it did in Keras: channels last, class indices as any type of number.
///
/// Parameters  those of the layers, by the layers' names: "dense.weight" (out, in),
///             "batch_normalization.running_mean", in Fathom's layouts
class Model {
 public:
  /// Of one input and one output. Errors: ValueError if there are others.
  Tensor operator()(const Tensor& x, Where where = Where::current()) const;
  /// Of any number, in the model's order. Errors: ValueError for a wrong number of inputs.
  std::vector<Tensor> operator()(const std::vector<Tensor>& inputs,
                                 Where where = Where::current()) const;

  /// One step: `before`, the layer or the merge, `after`; what is empty is left out.
  struct Step {
    std::string name;                 ///< in Keras; of the layer, if it has one here
    std::vector<std::size_t> inputs;  ///< places of earlier steps
    std::function<Tensor(const Tensor&)> before, after;
    std::function<Tensor(const std::vector<Tensor>&)> merge;
  };
  std::map<std::string, nn::Layer> layers;
  std::vector<Step> steps;
  std::vector<std::size_t> inputs, outputs;  ///< places of steps
  static constexpr auto members() { return fathom::members<&Model::layers>(); }
};

/// Reads a whole model, architecture and weights, from a .keras file or a .h5 file of model.save().
/// With `weights`, `path` is the JSON of model.to_json() and `weights` a .h5 of save_weights().
/// Errors: IoError; FormatError for a damaged file or weights that do not fit; UnsupportedError
/// that lists every layer that Fathom has not, for a model in a model, and for a class of the
/// user's.
Model load_model(const std::string& path, const std::string& weights = "",
                 Where where = Where::current());

/// The model that the JSON of model.to_json() describes, with the weights of model.get_weights().
/// Errors: as load_model.
Model model_from_json(const std::string& json, const std::vector<Tensor>& weights,
                      Where where = Where::current());

}  // namespace fathom::keras

namespace fathom::nn::detail {
/// A model's layers come by their own names, without a field name in between.
template <>
inline void walk<keras::Model>(keras::Model& model, const Path& path, Visitor& visitor) {
  visitor.module(path, &model, "keras::Model");
  walk(model.layers, path, visitor);
}
}  // namespace fathom::nn::detail
