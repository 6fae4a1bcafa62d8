// Data sets known by name, each with its fixed training and test part.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "fathom/data/dataset.h"
#include "fathom/io/csv.h"

namespace fathom::data {

/// The share of a set without a test part of its own that is kept for testing.
inline constexpr double kTestShare = 0.2;

/// 1797 handwritten digits, 8 x 8 pixels, carried in the program; 360 are the test part.
/// Shapes: inputs u8 (N, 64), pixels 0..16. Source: Alpaydin and Kaynak 1998, UCI, CC BY 4.0.
Split digits();

/// 150 flowers of 3 species, 4 lengths each, carried in the program; 30 are the test part.
/// Shapes: inputs f32 (N, 4). Source: Fisher 1936, UCI, CC BY 4.0.
Split iris();
/// The same as the CSV file that it comes from: four lengths in cm and the kind, without a header,
/// sorted by kind.
io::CsvTable iris_table();

/// 60000 + 10000 handwritten digits, 28 x 28 pixels, from $FATHOM_DATA/mnist.
/// Shapes: inputs u8 (N, 28, 28), batches (B, 784). Errors: IoError if the variable is unset or a
/// file is missing; FormatError. Source: LeCun, Cortes, Burges 1998.
Split mnist(Where where = Where::current());

/// 60000 + 10000 pictures of clothes, as mnist(), from $FATHOM_DATA/fashion-mnist.
/// Source: Xiao, Rasul, Vollgraf 2017.
Split fashion_mnist(Where where = Where::current());

/// The names that load() takes.
const std::vector<std::string>& builtin_names();
/// One of the above by its name: "digits", "iris", "mnist", "fashion_mnist", and cifar.h's
/// "cifar10", "cifar100".
/// Errors: ValueError for another name; those of the data set.
Split load(std::string_view name, Where where = Where::current());

/// A built-in set by its name, or else a CSV file by its path (fathom/data/table.h): what a user
/// calls DATA. Errors: IoError if it is neither; those of load and load_csv.
Split open(const std::string& name_or_path, std::string_view label = "-1", std::uint64_t seed = 0,
           Where where = Where::current());
/// Whether builtin_names() has the name.
bool is_builtin(std::string_view name);

}  // namespace fathom::data
