// Private to fathom/io: the JSON header of a safetensors file.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fathom/io/safetensors.h"

namespace fathom::io::detail {

/// The reference implementation's bound on the header.
inline constexpr std::uint64_t max_header_bytes = 100'000'000;

/// Checks the first 8 bytes against the size of the file; returns the header's length.
std::uint64_t header_length(ByteView first_bytes, std::uint64_t file_bytes,
                            const std::string& source);

/// Parses and checks a header. `data_bytes` is what follows it in the file; `source` is for errors.
SafetensorsListing parse_header(std::string_view json, std::uint64_t data_bytes,
                                const std::string& source);

[[noreturn]] void bad_safetensors(const std::string& source, const std::string& problem,
                                  std::vector<std::pair<std::string, std::string>> received,
                                  const std::string& expected, const std::string& hint = "");

}  // namespace fathom::io::detail
