// Checks that every row of the sample table must pass: what shape rules promise, one backend
// against the other, kernels against definitions, and ways of evaluating against each other.
#include <doctest/doctest.h>

#include "fathom/graph/plan.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/gradient.h"
#include "fathom/ops/shape.h"
#include "fathom/passes/passes.h"
#include "tests/ops/compare.h"

namespace fathom::test {
namespace {

// Gradients are sums where operands were broadcast, so they are compared with more room.
constexpr double gradient_room = 5;

void check_close(const Sample& s, const Tensors& got, const Tensors& wanted) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO((i == 0 ? std::string("value") : "gradient " + std::to_string(i - 1)));
    CHECK(difference(got[i], wanted[i], s.options.tolerance * (i == 0 ? 1 : gradient_room)) == "");
  }
}
void check_bits(const Tensors& got, const Tensors& wanted) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO((i == 0 ? std::string("value") : "gradient " + std::to_string(i - 1)));
    CHECK(bit_difference(got[i], wanted[i]) == "");
  }
}

class CompilingScope {
 public:
  CompilingScope() { graph::context().compiling = true; }
  ~CompilingScope() { graph::context().compiling = false; }
  CompilingScope(const CompilingScope&) = delete;
  CompilingScope& operator=(const CompilingScope&) = delete;
};

/// Every operation that has a definition replaced by it, gradients expanded first.
Tensors lowered(Tensors roots) {
  const CompilingScope scope;
  roots = graph::expand_gradients(roots);
  for (bool changed = true; changed;) {
    changed = false;
    roots = graph::Rewriter([&](graph::Node& node, graph::Inputs inputs) -> Tensors {
              if (!node.op->lower) return {};
              changed = true;
              Tensors rounded = graph::computed_in_f32(node, inputs);
              return rounded.empty() ? node.op->lower(node.attributes, inputs) : rounded;
            }).run(roots);
  }
  return roots;
}

}  // namespace

TEST_CASE("samples: every pass keeps the inferred types and shapes") {
  for_each_sample([](const Sample& s) {
    const Tensors inputs = make_inputs(s);
    const Tensors roots = outputs_of(s, inputs, s.options.gradient);
    for (const Device device : {Device::cpu, Device::reference}) {
      const CompilingScope scope;
      Backend& backend = backend_of(device);
      Tensors r = graph::expand_gradients(roots);
      graph::verify(r, nullptr);
      r = graph::simplify(r);
      graph::verify(r, nullptr);
      r = graph::simplify(graph::lower(r, backend));
      graph::verify(r, &backend);
      for (std::size_t i = 0; i < r.size(); ++i) {
        CHECK(r[i].shape() == roots[i].shape());
        CHECK(r[i].dtype() == roots[i].dtype());
      }
    }
  });
}

TEST_CASE("samples: cpu against reference") {
  for_each_sample([](const Sample& s) {
    const Tensors inputs = make_inputs(s);
    const auto make = [&] { return outputs_of(s, inputs, s.options.gradient); };
    const Tensors got = on_device(Device::cpu, make);
    const Tensors wanted = on_device(Device::reference, make);
    check_close(s, got, wanted);
    if (s.options.exact) CHECK(bit_difference(got[0], wanted[0]) == "");
  });
}

TEST_CASE("samples: kernels against definitions, on the cpu") {
  for_each_sample([](const Sample& s) {
    const Tensors inputs = make_inputs(s);
    const auto make = [&] { return outputs_of(s, inputs, s.options.gradient); };
    const Tensors got = on_device(Device::cpu, make);
    const Tensors wanted = on_device(Device::cpu, [&] { return lowered(make()); });
    check_close(s, got, wanted);
  });
}

TEST_CASE("samples: eager evaluation gives the same bits") {
  for_each_sample([](const Sample& s) {
    const Tensors inputs = make_inputs(s);
    const auto make = [&] { return outputs_of(s, inputs, s.options.gradient); };
    const Tensors lazy = on_device(Device::cpu, make);
    const Tensors eager = on_device(Device::cpu, [&] {
      const graph::RecordingScope
          recording;  // or the loss's graph is gone before its gradient is asked for
      const EagerScope scope;
      return make();
    });
    check_bits(eager, lazy);
  });
}

TEST_CASE("samples: held intermediate values change no bit") {
  for_each_sample([](const Sample& s) {
    const Tensors inputs = make_inputs(s);
    const auto make = [&] { return outputs_of(s, inputs, s.options.gradient); };
    const Tensors alone = on_device(Device::cpu, make);
    Tensors held;
    const Tensors together = on_device(Device::cpu, [&] {
      Tensors roots = make();
      std::vector<graph::Value*> values;
      for (const Tensor& t : roots) values.push_back(t.value());
      for (graph::Node* node : graph::topological_order(values))
        for (int i = 0; i < node->output_count; ++i) held.emplace_back(&node->output(i));
      return roots;
    });
    check_bits(together, alone);
    for (const Tensor& t : held) CHECK(t.eval().evaluated());  // views are computed when looked at
  });
}

TEST_CASE("samples: inputs that are views give the same bits") {
  using View = std::function<Tensor(const Tensor&)>;
  struct Form {
    const char* name;
    View store;  // how the elements lie in memory
    View view;   // and are seen in their order
  };
  const Form forms[] = {
      {"transposed", [](const Tensor& x) { return x.rank() < 2 ? x : transpose(x, 0, -1); },
       [](const Tensor& x) { return x.rank() < 2 ? x : transpose(x, 0, -1); }},
      {"within a larger tensor",
       [](const Tensor& x) {
         return pad(
             x,
             std::vector<std::array<std::int64_t, 2>>(static_cast<std::size_t>(x.rank()), {1, 2}),
             0);
       },
       [](const Tensor& x) {
         Tensor inner = x;
         for (int a = 0; a < x.rank(); ++a) inner = slice(inner, a, 1, x.shape()[a] - 2);
         return inner;
       }},
      {"backwards",
       [](const Tensor& x) {
         return x.rank() < 1 ? x : flip(x, {0, x.rank() - 1 ? -1 : 0});
       },
       [](const Tensor& x) {
         return x.rank() < 1 ? x : flip(x, {0, x.rank() - 1 ? -1 : 0});
       }},
  };
  for_each_sample([&](const Sample& s) {
    const Tensors inputs = make_inputs(s);
    const Tensors wanted =
        on_device(Device::cpu, [&] { return outputs_of(s, inputs, s.options.gradient); });
    for (const Form& form : forms) {
      INFO(std::string(form.name));
      Tensors stored;
      for (const Tensor& x : inputs) stored.push_back(form.store(x).eval());
      const Tensors got = on_device(Device::cpu, [&] {
        Tensors seen;
        for (const Tensor& x : stored) seen.push_back(form.view(x));
        return outputs_of(s, seen, s.options.gradient);
      });
      check_bits(got, wanted);
    }
  });
}

TEST_CASE("samples: nothing is left behind") {
  for_each_sample([](const Sample& s) {
    const std::size_t nodes = graph::context().pending_nodes;
    const std::size_t bytes = live_bytes();
    {
      const Tensors inputs = make_inputs(s);
      on_device(Device::cpu, [&] { return outputs_of(s, inputs, s.options.gradient); });
      const Tensors dropped = outputs_of(s, inputs, s.options.gradient);
    }
    CHECK(graph::context().pending_nodes == nodes);
    CHECK(live_bytes() == bytes);
  });
}

TEST_CASE("samples: building a row again finds its plan") {
  for_each_sample([](const Sample& s) {
    const Tensors inputs = make_inputs(s);
    const auto make = [&] { return outputs_of(s, inputs, s.options.gradient); };
    on_device(Device::cpu, make);
    const auto before = graph::plan_statistics().misses;
    on_device(Device::cpu, make);
    CHECK(graph::plan_statistics().misses == before);
  });
}

}  // namespace fathom::test
