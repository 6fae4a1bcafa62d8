// What is frozen, by name and by position, and how batch norm behaves there.
#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "tests/io/support.h"

using namespace fathom;

namespace {

struct Storey {
  nn::Linear linear{4, 4};
  nn::BatchNorm norm{4};
  Tensor operator()(const Tensor& x) const { return relu(norm(linear(x))); }
};
struct Tower {
  std::vector<Storey> blocks{Storey{}, Storey{}};
  nn::Linear out{4, 2};
  Tensor operator()(const Tensor& x) const { return out(blocks[1](blocks[0](x))); }
};

std::vector<std::string> trained(const Tower& net) {
  std::vector<std::string> names;
  for (const nn::NamedTensor& t : nn::named_tensors(net))
    if (t.trainable) names.push_back(t.name);
  return names;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("freeze: a module's name means all that is in it, stars a part or any text") {
  Tower net;
  CHECK(nn::freeze(net, "blocks") == 2 * (16 + 4 + 4 + 4));
  CHECK(trained(net) == Names{"out.weight", "out.bias"});
  CHECK(net.blocks[1].norm.running_mean.frozen);
  nn::unfreeze(net);
  CHECK(trained(net).size() == 10);
  CHECK(!net.blocks[1].norm.running_mean.frozen);

  CHECK(nn::freeze(net, "blocks.*.linear") == 2 * 20);
  CHECK(!net.blocks[0].norm.running_mean.frozen);
  nn::unfreeze(net);
  CHECK(nn::freeze(net, "**.bias") == 4 * 4 + 2);
  nn::unfreeze(net);
  CHECK(nn::freeze(net, "blocks.0.linear.weight") == 16);
  const std::string text = test::error_text<ValueError>([&] { nn::freeze(net, "block"); });
  CHECK(text.find("a pattern that meets no name") != std::string::npos);
}

TEST_CASE("freeze_first: so many layers with parameters, in their order") {
  Tower net;
  nn::freeze_first(net, 3);
  CHECK(trained(net) ==
        Names{"blocks.1.norm.weight", "blocks.1.norm.bias", "out.weight", "out.bias"});
  CHECK(net.blocks[0].norm.running_var.frozen);
  CHECK(!net.blocks[1].norm.running_var.frozen);
  nn::freeze_first(net, 0);
  CHECK(trained(net).size() == 10);
  nn::freeze_first(net, 5);
  CHECK(trained(net).empty());
  CHECK_THROWS_AS(nn::freeze_first(net, 6), ValueError);
  CHECK_THROWS_AS(nn::freeze_first(net, -1), ValueError);
}

TEST_CASE("freeze: batch norm normalises by its running statistics and leaves them") {
  seed(2);
  Tower net;
  nn::freeze(net.blocks[0]);
  const Tensor x = randn({8, 4});
  const auto loss_fn = [](const Tower& n, const Tensor& input) { return sum(n(input)); };
  const Tensor before = net.blocks[0].norm.running_mean.value;
  const auto [loss, gradients] = value_and_grad(loss_fn)(net, x);
  CHECK(!gradients.blocks[0].linear.weight.defined());
  CHECK(gradients.blocks[1].linear.weight.defined());
  CHECK(equal(gradients.blocks[0].norm.running_mean.value, before));
  CHECK(!equal(gradients.blocks[1].norm.running_mean.value, before));
  // The frozen block gives in training what it gives in inference.
  nn::Rng rng;
  const Tensor infers = net.blocks[0](x);
  const nn::ModeScope mode = nn::training(rng);
  CHECK(equal(net.blocks[0](x), infers));
}
