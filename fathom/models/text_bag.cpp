#include "fathom/models/text_bag.h"

#include "fathom/nn/init.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::models {

TextBag text_bag(const TextBagConfig& config) {
  TextBag net{nn::EmbeddingBag(config.terms, config.dim, {.mode = BagMode::mean, .padding_idx = 0}),
              nn::Linear(config.dim, config.classes)};
  const double most = 1.0 / static_cast<double>(config.dim);
  const Tensor drawn = nn::init::uniform({config.terms, config.dim}, -most, most);
  net.embedding.weight = where(unsqueeze(arange(config.terms) == 0, 1), 0, drawn);
  return net;
}

}  // namespace fathom::models
