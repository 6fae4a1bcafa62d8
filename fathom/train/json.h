// The JSON of fathom/train and the command line: keys in their order.
#pragma once
#include "fathom/io/json.h"

namespace fathom::train {

using Json = nlohmann::ordered_json;

}  // namespace fathom::train
