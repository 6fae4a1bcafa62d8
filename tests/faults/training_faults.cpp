// Training: the options of fit, what a loss gives, what a history holds.
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

struct Net {
  nn::Linear layer{4, 3};
  Tensor operator()(const Tensor& x) const { return layer(x); }
};
data::Source<data::Batch> four_rows() {
  return data::rows(data::Batch{ones({4, 4}), labels({0, 1, 2, 0})});
}
using Options = train::FitOptions<Net, data::Batch>;
train::History fit(Options options) {
  options.verbose = train::Verbose::silent;
  Net net;
  return train::fit(net, four_rows(), options);
}

}  // namespace

Faults training_faults() {
  return {
      fault<ValueError>(
          "an unknown value of a history",
          [] {
            const train::History history = fit({});
            history["los"];
          },
          R"(train::History: there is no value los
  expected one of loss
  in: @)"),
      fault<ValueError>(
          "a value of an empty history", [] { train::History()["loss"]; },
          R"(train::History: there is no value loss
  expected a run with an epoch
  in: @)"),
  };
}

}  // namespace fathom::test
