// SHA-256, the fingerprint of models and data files in logs and tests.
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "fathom/io/file.h"

namespace fathom::io {

/// SHA-256 of a stream of bytes.
///
/// Source  FIPS 180-4, sections 5 and 6.2. Own code: 60 lines against 9 MB of static libcrypto.
class Sha256 {
 public:
  Sha256& update(ByteView bytes);
  /// 64 lower-case hexadecimal digits. The object is spent afterwards.
  std::string hex();

 private:
  void block(const std::uint8_t* bytes);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> pending_{};
  std::uint64_t total_ = 0;
};

/// SHA-256 of bytes, as 64 hexadecimal digits.
std::string sha256(ByteView bytes);
/// SHA-256 of a file's bytes. Errors: IoError.
std::string sha256_file(const std::string& path, Where where = Where::current());

}  // namespace fathom::io
