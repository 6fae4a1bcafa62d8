// What an operation's name and attributes in a golden file mean in Fathom.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::test {

/// The outputs of a case; an empty list if it uses an option that Fathom does not have.
using GoldenCall = std::function<std::vector<Tensor>(const std::vector<Tensor>& x,
                                                     const nlohmann::json& attributes)>;
const std::map<std::string, GoldenCall>& golden_calls();
/// Scans, sorting, statistics, distances, histograms, and reductions with all their options.
void add_order_calls(std::map<std::string, GoldenCall>& calls);

// By maker, in the files of these names.
void add_elementwise_calls(std::map<std::string, GoldenCall>& calls);

}  // namespace fathom::test
