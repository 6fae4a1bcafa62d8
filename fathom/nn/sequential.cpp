#include "fathom/nn/sequential.h"

namespace fathom::nn {

namespace {
struct Function {
  Tensor (*call)(const Operand&);
  Tensor operator()(const Tensor& x,
                    std::source_location where = std::source_location::current()) const {
    return call(Operand(x, where));
  }
};
}  // namespace

Layer::Layer(Tensor (*function)(const Operand&)) : Layer(Function{function}) {}

}  // namespace fathom::nn
