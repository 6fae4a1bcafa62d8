// `fathom convert IN OUT`: weights of any format that Fathom reads, as safetensors or npz.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "fathom/cli/command.h"
#include "fathom/core/error.h"
#include "fathom/io/npy.h"
#include "fathom/io/weights.h"
#include "fathom/keras/keras.h"

namespace fathom::cli::convert_command {
namespace {

struct Wanted {
  std::string in, out, prefix;
  std::vector<std::string> rename;
  bool all = false, compressed = false;
};

/// "a.*=b.*" as a rule.
io::Rename rule_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw UsageError("a rule is PATTERN=REPLACEMENT, not '" + text + "'");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// Metadata must be UTF-8, which a foreign text need not be.
std::string as_utf8(const std::string& text) {
  using Json = nlohmann::json;
  const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(quoted).get<std::string>();
}

int convert(const Wanted& wanted) {
  const bool npz = wanted.out.ends_with(".npz");
  if (!npz && !wanted.out.ends_with(".safetensors"))
    throw UsageError("OUT ends in .safetensors or .npz, not '" + wanted.out + "'");
  if (wanted.compressed && !npz) throw UsageError("--compressed is for .npz alone");
  std::vector<io::Rename> rules;
  for (const std::string& text : wanted.rename) rules.push_back(rule_of(text));
  const io::TensorFile file = keras::is_keras_file(wanted.in) ? keras::load_tensors(wanted.in)
                                                              : io::load_tensors(wanted.in);
  std::vector<io::NamedTensor> chosen;
  for (auto& [name, tensor] : wanted.all ? file.tensors : file.weights())
    if (name.starts_with(wanted.prefix))
      chosen.emplace_back(name.substr(wanted.prefix.size()), tensor);
  if (chosen.empty())
    throw ValueError({.operation = "convert",
                      .problem = "no tensor to write",
                      .received = {{"file", wanted.in}, {"prefix", wanted.prefix}},
                      .hint = fmt::format("see {} inspect {}", invoked_as(), wanted.in)});
  chosen = io::renamed(std::move(chosen), rules);
  if (npz) {
    io::save_npz(wanted.out, chosen, wanted.compressed);
  } else {
    std::map<std::string, std::string> metadata;
    for (const auto& [name, value] : file.values)
      metadata.emplace(as_utf8(name.empty() ? "value" : name), as_utf8(io::to_string(value)));
    io::save_safetensors(wanted.out, chosen, metadata);
  }
  fmt::print("{}: {} of {} tensors\n", wanted.out, chosen.size(), file.tensors.size());
  if (!file.wrapper.empty() && !wanted.all)
    fmt::print("the weights are in \"{}\"; --all takes the rest too\n", file.wrapper);
  for (const std::string& note : file.notes) fmt::print("{}\n", as_utf8(note));
  return 0;
}

Action declare(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.input("IN", wanted->in, "safetensors, .npz, .npy, or what PyTorch or Keras saved",
                Need::required);
  options.input("OUT", wanted->out, "a file that ends in .safetensors or .npz", Need::required);
  options.option("--prefix", wanted->prefix, "take only what is named so, and drop it");
  options.inputs("PATTERN=REPLACEMENT", wanted->rename,
                 "other names: * is a part without a dot, ** any text");
  options.flag("--all", wanted->all, "all tensors, not the weights alone");
  options.flag("--compressed", wanted->compressed, "deflate the arrays of an .npz");
  options.example("fathom convert resnet20.th resnet20.safetensors --prefix module.");
  options.example("fathom convert net.pt net.npz 'layers.*.gamma=norms.*.weight'");
  return [wanted] { return convert(*wanted); };
}
const Command command(51, "convert", "Turn weights of another program into safetensors or npz",
                      declare);

}  // namespace
}  // namespace fathom::cli::convert_command
