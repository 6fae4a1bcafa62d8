// The public operations, as the headers of fathom/ops declare them.
#pragma once
#include <map>
#include <set>
#include <string>

namespace fathom::test {

/// The functions that each header declares, by the header's name.
const std::map<std::string, std::set<std::string>>& declared_operations();

}  // namespace fathom::test
