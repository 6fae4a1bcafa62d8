// `fathom models`: the networks for pictures that have a name.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/cli/command.h"
#include "fathom/models/create.h"
#include "fathom/models/published.h"
#include "fathom/ops/gradient.h"

namespace fathom::cli::models_command {
namespace {

int list(bool json) {
  const graph::RecordingScope lazy;  // no weight is drawn
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  std::size_t width = 0;
  for (const std::string& name : models::list()) width = std::max(width, name.size());
  for (const std::string& name : models::list()) {
    const models::Published known = models::published(name);
    const std::int64_t parameters = nn::parameter_count(models::create(name));
    const std::int64_t size = known.preprocessing.crop_size;
    if (json)
      all.push_back({{"name", name},
                     {"parameters", parameters},
                     {"size", size},
                     {"classes", known.class_names.size()}});
    else
      fmt::print("{:<{}}  {:>6.1f} M parameters  {:>3} x {:<3}  {:>4} classes\n", name, width,
                 static_cast<double>(parameters) / 1e6, size, size, known.class_names.size());
  }
  if (json) fmt::print("{}\n", all.dump());
  return 0;
}

Action declare(Options& options) {
  const auto json = std::make_shared<bool>(false);
  options.flag("--json", *json, "print JSON");
  options.example("fathom models");
  return [json] { return list(*json); };
}
const Command command(80, "models", "List the networks for pictures that have a name", declare);

}  // namespace
}  // namespace fathom::cli::models_command
