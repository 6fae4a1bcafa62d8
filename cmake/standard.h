// Precompiled for every target but the kernels: the headers of the standard library that nearly all
// files include. Nothing of Fathom, so that no change of ours builds it anew. Each file includes
// what it uses all the same: with CMAKE_DISABLE_PRECOMPILE_HEADERS=ON this file is left out.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
