#include "fathom/models/heads.h"

#include "fathom/core/reflect.h"
#include "fathom/models/googlenet.h"
#include "fathom/models/inception_v3.h"

namespace fathom::models {
namespace {

/// The first module of a walk is the network itself.
struct Outermost : nn::Visitor {
  const void* address = nullptr;
  std::string_view type;
  void param(const nn::Path&, Param&) override {}
  void buffer(const nn::Path&, Buffer&) override {}
  void module(const nn::Path&, const void* at, std::string_view name) override {
    if (address) return;
    address = at;
    type = name;
  }
  template <class M> const M* as() const {
    return type == reflect::type_name<M>() ? static_cast<const M*>(address) : nullptr;
  }
};

void add(std::vector<Head>& heads, const Tensor& logits, double weight) {
  if (logits.defined()) heads.push_back({logits, weight});
}

}  // namespace

std::vector<Head> training_heads(const nn::Layer& network, const Tensor& x) {
  Outermost outermost;
  const_cast<nn::Layer&>(network).visit({}, outermost);  // which reads alone
  std::vector<Head> heads;
  if (const auto* googlenet = outermost.as<GoogLeNet>()) {
    const GoogLeNet::Outputs out = googlenet->outputs(x);
    add(heads, out.logits, 1);
    add(heads, out.aux2, 0.3);
    add(heads, out.aux1, 0.3);
  } else if (const auto* inception = outermost.as<InceptionV3>()) {
    const InceptionV3::Outputs out = inception->outputs(x);
    add(heads, out.logits, 1);
    add(heads, out.aux, 0.4);
  } else {
    add(heads, network(x), 1);
  }
  return heads;
}

}  // namespace fathom::models
