// `fathom summary DIR`: the layers of a trained model, as nn::summary prints them.
#include <fmt/core.h>

#include "fathom/cli/model.h"
#include "fathom/fathom.h"

namespace fathom::cli::summary_command {
namespace {

struct Wanted {
  std::string folder;
  std::int64_t batch = 1;
};

int show(const Wanted& wanted) {
  const train::Classifier classifier = open_model(wanted.folder, "", false);
  if (classifier.texts) {
    const Tensor terms = zeros({wanted.batch, 64}, DType::i64);
    fmt::print("{}", nn::summary(classifier.net, terms).str());
    return 0;
  }
  const Shape& sample = classifier.sample_shape;
  const Shape input = classifier.pictures ? Shape{wanted.batch, sample[0], sample[1], sample[2]}
                                          : Shape{wanted.batch, classifier.config.in_features};
  fmt::print("{}", nn::summary(classifier.net, input).str());
  return 0;
}

Action summary(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("DIR", wanted->folder, model_help, Need::required);
  options.option("--batch", wanted->batch, "rows of the input", {1, 1e9});
  options.example("fathom summary runs/digits");
  options.example("fathom summary resnet18");
  return [wanted] { return show(*wanted); };
}
const Command command(70, "summary", "List a model's layers, shapes, parameters and memory",
                      summary);

}  // namespace
}  // namespace fathom::cli::summary_command
