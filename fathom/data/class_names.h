// What well-known sets of pictures call their classes, in the order in which networks count them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace fathom::data {

/// The 1000 classes of ILSVRC 2012, each with its synonyms: "tabby, tabby cat". Two are called
/// "crane". Source: Russakovsky et al. 2015.
const std::vector<std::string>& imagenet_class_names();
/// "airplane" to "truck". Source: Krizhevsky 2009.
const std::vector<std::string>& cifar10_class_names();
/// The 100 fine classes, "apple" to "worm". Source: Krizhevsky 2009.
const std::vector<std::string>& cifar100_class_names();
/// "0" to the number before `count`.
std::vector<std::string> numbered_class_names(std::int64_t count);

}  // namespace fathom::data
