// What the tests of files share: a folder that cleans up after itself, and byte mutations.
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>

#include "fathom/core/error.h"
#include "fathom/io/file.h"

namespace fathom::test {

/// A new folder under the system's temporary one, removed at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "fathom-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The text of the error of type E that `action` throws, without the place; fails the test if there
/// is none.
template <class E> std::string error_text(const std::function<void()>& action) {
  try {
    action();
  } catch (const E& error) {
    const std::string text = error.what();
    return text.substr(0, text.find("\n  in: "));
  } catch (const std::exception& other) {
    FAIL_CHECK("another error: ", std::string(other.what()));
    return "";
  }
  FAIL_CHECK("no error was thrown");
  return "";
}

/// $FATHOM_DATA/name, or "" after a line that says which test is skipped.
inline std::string data_file(const std::string& test, const std::string& name) {
  const char* folder = std::getenv("FATHOM_DATA");
  if (folder && *folder) return std::string(folder) + "/" + name;
  std::cout << "skipped: " << test << " (FATHOM_DATA is not set)\n";
  return "";
}

/// Small deterministic random numbers (xorshift64*, Vigna 2016).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t next() {
    state_ ^= state_ >> 12, state_ ^= state_ << 25, state_ ^= state_ >> 27;
    return state_ * 2685821657736338717ull;
  }
  std::size_t below(std::size_t n) { return n == 0 ? 0 : next() % n; }

 private:
  std::uint64_t state_;
};

/// One to four small damages: a byte changed, removed, inserted, a part doubled, the end cut off.
inline io::Bytes mutate(io::Bytes bytes, Random& random) {
  static constexpr std::uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '{', '}', '"', ',', '9', '-'};
  for (std::size_t left = 1 + random.below(4); left > 0 && !bytes.empty(); --left) {
    const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random.below(bytes.size()));
    switch (random.below(6)) {
      case 0:
        *at = static_cast<std::uint8_t>(random.next());
        break;
      case 1:
        *at = telling[random.below(std::size(telling))];
        break;
      case 2:
        *at ^= static_cast<std::uint8_t>(1u << random.below(8));
        break;
      case 3:
        bytes.erase(at);
        break;
      case 4:
        bytes.insert(at, telling[random.below(std::size(telling))]);
        break;
      default:
        bytes.resize(random.below(bytes.size() + 1));
        break;
    }
  }
  return bytes;
}

/// Feeds `parse` every truncation of `seed` and `rounds` mutations: it may return or throw a typed
/// error, nothing else. Returns how many were refused.
inline int damage(const io::Bytes& seed, int rounds,
                  const std::function<void(io::ByteView)>& parse) {
  int refused = 0;
  const auto feed = [&](io::ByteView bytes) {
    // A copy of exactly this size, so that a sanitizer sees a read beyond the end.
    const io::Bytes exact(bytes.begin(), bytes.end());
    try {
      parse(exact);
    } catch (const FormatError&) {
      ++refused;
    } catch (const UnsupportedError&) {
      ++refused;
    }
  };
  for (std::size_t length = 0; length < seed.size(); ++length)
    feed(io::ByteView(seed).first(length));
  Random random(20240607);
  for (int i = 0; i < rounds; ++i) feed(mutate(seed, random));
  return refused;
}

}  // namespace fathom::test
