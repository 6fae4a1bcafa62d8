// Loading foreign weights into a model: prefix, rename rules, automatic match, the report.
#include <doctest/doctest.h>

#include "fathom/core/pattern.h"
#include "fathom/io/weight_match.h"
#include "fathom/nn/layers.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/elementwise.h"
#include "tests/io/support.h"

using namespace fathom;
using test::error_text;

namespace {

struct Normed {
  nn::Linear hidden{3, 4};
  nn::BatchNorm norm{4};
};

io::TensorFile file_of(std::vector<io::NamedTensor> tensors) {
  return {.format = "test", .tensors = std::move(tensors)};
}
std::vector<io::NamedTensor> tensors(const std::string& prefix) {
  return {{prefix + "hidden.weight", full({4, 3}, 2.f)},  {prefix + "hidden.bias", ones({4})},
          {prefix + "norm.weight", full({4}, 3.f)},       {prefix + "norm.bias", full({4}, 4.f)},
          {prefix + "norm.running_mean", full({4}, 5.f)}, {prefix + "norm.running_var", ones({4})}};
}

bool meets(std::string_view pattern, std::string_view name) {
  std::vector<std::string> parts;
  return meets_pattern(pattern, name, parts);
}

}  // namespace

TEST_CASE("load: a prefix is dropped, counts that old files lack are kept and named") {
  Normed net;
  const io::LoadReport report =
      io::load_weights(file_of(tensors("module.")), net, {.prefix = "module."});
  CHECK(report.matched.size() == 6);
  CHECK(report.matched[0].from == "module.hidden.weight");
  CHECK(report.matched[0].how == "renamed");
  CHECK(report.notes ==
        std::vector<std::string>{"norm.num_batches_tracked is not in the file: left as it is"});
  CHECK(net.hidden.weight.to_vector<float>()[0] == 2);
  CHECK(net.norm.running_mean.value.to_vector<float>()[0] == 5);
  const std::string text =
      error_text<FormatError>([&] { io::load_weights(file_of(tensors("module.")), net); });
  CHECK(text.find("missing hidden.weight: f32 (4, 3)") != text.npos);
  CHECK(text.find("unexpected module.norm.bias: f32 (4,)") != text.npos);
  CHECK(text.ends_with("hint: every name begins with \"module.\": load with that as the prefix"));
  CHECK(error_text<ValueError>(
            [&] { io::load_weights(file_of(tensors("")), net, {.prefix = "module."}); }) ==
        "load_weights: no tensor's name begins with the prefix\n  file: (memory)     prefix: "
        "module.\n  expected as in hidden.weight, hidden.bias, norm.weight, ...");
}

TEST_CASE("load: rename rules, one after another") {
  CHECK(meets("a.*.b", "a.7.b"));
  CHECK(!meets("a.*.b", "a.7.8.b"));
  CHECK(meets("a.**.b", "a.7.8.b"));
  CHECK(meets("**weight", "a.b.weight"));
  CHECK(!meets("a", "ab"));
  CHECK(meets("*", "ab"));
  std::vector<io::NamedTensor> from = tensors("");
  from[0].first = "fc_0.kernel", from[1].first = "fc_0.offset";
  Normed net;
  const io::LoadReport report = io::load_weights(
      file_of(from), net,
      {.rename = {{"fc_0.*", "hidden.*"}, {"**.kernel", "**.weight"}, {"*.offset", "*.bias"}}});
  CHECK(report.matched.size() == 6);
  CHECK(error_text<ValueError>([&] {
          io::load_weights(file_of(from), net, {.rename = {{"nothing.*", "a.*"}}});
        }).starts_with("rename: a rule that meets no name\n  pattern: nothing.*"));
  CHECK(error_text<ValueError>([&] {
          io::load_weights(file_of(from), net, {.rename = {{"fc_0.*", "*.*"}}});
        }).starts_with("rename: the replacement has more stars than the pattern"));
  CHECK(error_text<ValueError>([&] {
          io::load_weights(file_of(from), net, {.rename = {{"fc_0.*", "one"}}});
        }).starts_with("rename: two tensors of one name"));
}

TEST_CASE("load: not strict, and other floating types on request") {
  Normed net;
  std::vector<io::NamedTensor> from = tensors("");
  from.erase(from.begin());
  from.emplace_back("head.weight", ones({2, 4}));
  const io::LoadReport report = io::load_weights(file_of(from), net, {.strict = false});
  CHECK(report.missing == std::vector<std::string>{"hidden.weight"});
  CHECK(report.unexpected == std::vector<std::string>{"head.weight"});
  CHECK(net.norm.weight.to_vector<float>()[0] == 3);
  // A wrong shape is an error all the same.
  from.emplace_back("hidden.weight", ones({5, 3}));
  CHECK(error_text<FormatError>([&] {
          io::load_weights(file_of(from), net, {.strict = false});
        }).find("mismatched hidden.weight: f32 (5, 3), the model has f32 (4, 3)") !=
        std::string::npos);
  from = tensors("");
  from[0].second = full({4, 3}, 6, DType::f16);
  CHECK_THROWS_AS(io::load_weights(file_of(from), net), FormatError);
  const io::LoadReport cast = io::load_weights(file_of(from), net, {.convert = true});
  CHECK(cast.notes[0] == "hidden.weight: f16 became f32");
  CHECK(net.hidden.weight.to_vector<float>()[0] == 6);
}

TEST_CASE("load: automatic, by the ends of names, then by order and shapes") {
  const std::vector<io::NamedTensor> from = {{"net.hidden.weight", full({4, 3}, 2.f)},
                                             {"net.hidden.bias", full({4}, 7.f)},
                                             {"bn/gamma", full({4}, 3.f)},
                                             {"bn/beta", full({4}, 4.f)},
                                             {"bn/moving_mean", full({4}, 5.f)},
                                             {"bn/moving_variance", full({4}, 6.f)},
                                             {"step", zeros({1})}};
  Normed net;
  const io::LoadReport report =
      io::load_weights(file_of(from), net, {.match = io::MatchBy::automatic});
  CHECK(io::to_string(report) ==
        "test\n0 by equal names, 0 renamed\n"
        "hidden.weight from net.hidden.weight by end of the name\n"
        "hidden.bias from net.hidden.bias by end of the name\n"
        "norm.weight from bn/gamma by order and shape\n"
        "norm.bias from bn/beta by order and shape\n"
        "norm.running_mean from bn/moving_mean by order and shape\n"
        "norm.running_var from bn/moving_variance by order and shape\n"
        "unexpected step\n"
        "norm.num_batches_tracked is not in the file: left as it is\n");
  CHECK(net.hidden.bias.to_vector<float>()[0] == 7);
  CHECK(net.norm.running_var.value.to_vector<float>()[0] == 6);
  // In doubt nothing is guessed.
  std::vector<io::NamedTensor> doubtful = from;
  doubtful.emplace_back("other/gamma", zeros({4}));
  CHECK(error_text<FormatError>([&] {
          io::load_weights(file_of(doubtful), net, {.match = io::MatchBy::automatic});
        }).find("missing norm.weight: f32 (4,)") != std::string::npos);
}

TEST_CASE("load: a checkpoint of PyTorch, the weights found in its wrapper") {
  Normed net;
  const io::LoadReport report = load(net, FATHOM_TEST_SOURCE "/golden/weights/module.pt");
  CHECK(report.wrapper == "model");
  CHECK(report.matched.size() == 7);
  const io::Safetensors expected =
      io::load_safetensors(FATHOM_TEST_SOURCE "/golden/weights/module.pt.expected.safetensors");
  CHECK(net.hidden.weight.to_vector<float>() ==
        expected.find("model.hidden.weight")->to_vector<float>());
}
