// Features of a frozen part of a model, computed once and then trained on.
//
//   auto net = models::mobilenet_v3(false, 10);
//   const auto features = train::cache_features(
//       [&](const Tensor& x) { return models::pooled(net.features(x)); }, pictures);
//   train::fit(net.classifier, features, {.epochs = 20});
#pragma once
#include <type_traits>
#include <vector>

#include "fathom/data/loader.h"
#include "fathom/nn/mode.h"
#include "fathom/train/fit.h"

namespace fathom::train {

/// The data with their inputs replaced by what `prefix` gives for them, in memory: as many rows in
/// the same order, so that batches are drawn as from the data themselves. It runs once over the
/// data, in inference mode, which is what a frozen part of a model does while the rest is trained.
/// A source that changes its rows at random is drawn once, as for its epoch 0: every later epoch
/// sees the same features, which is the price of not computing them again.
///
/// Errors  ValueError for data without rows or of unknown length; those of the prefix and the data
template <class F, class D>
data::Source<BatchOf<D>> cache_features(const F& prefix, const D& data,
                                        const ReadOptions& options = {},
                                        Where where = Where::current()) {
  return located(where, [&] {
    const data::Source<BatchOf<D>> source = detail::source_of(data, where);
    if (source.open) data::detail::refuse_generated("cache_features");
    const nn::ModeScope scope = nn::inference();
    std::vector<BatchOf<D>> parts;
    for (BatchOf<D> batch : data::loader(
             source, {.batch_size = options.batch_size, .workers = options.workers}, where)) {
      Tensor features = prefix(batch.inputs);
      batch.inputs = features.eval(where);
      parts.push_back(std::move(batch));
    }
    return data::rows(data::join(parts, where), where);
  });
}

}  // namespace fathom::train
