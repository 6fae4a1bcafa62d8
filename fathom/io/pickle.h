// Private to fathom/io: Python's pickles as plain data. A pickle is a program; this machine knows
// the instructions and calls nothing: what would be an object becomes an inert record of its
// class's name and its state, and what would call a function is refused by the function's name.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/io/file.h"

namespace fathom::io::detail {

/// A place in Pickle::nodes.
using PickleId = std::uint32_t;

/// One value. Values refer to each other by their places, so that no cycle and no depth is a
/// danger to who frees them.
struct PickleNode {
  enum class Kind : std::uint8_t {
    none,
    boolean,
    integer,
    real,
    text,
    bytes,
    tuple,       ///< items
    list,        ///< items; sets too
    dict,        ///< items: a key and its value in turn; state, if it was given attributes
    name,        ///< of a class or function: "torch.FloatStorage"
    record,      ///< of the class `text`: items are its constructor's arguments
    tensor,      ///< items: storage, offset, extents, strides, and perhaps the element type
    persistent,  ///< something outside of the pickle; items: what stands for it
  };
  Kind kind = Kind::none;
  PickleId state = 0;        ///< what BUILD gave; 0 is none
  std::int64_t integer = 0;  ///< also of a boolean
  double real = 0;
  std::string text;  ///< text, bytes, a name; the digits of an integer that is too large
  std::vector<PickleId> items;
};

/// What a pickle holds.
struct Pickle {
  std::vector<PickleNode> nodes;  ///< the first is None
  PickleId root = 0;
  std::size_t bytes = 0;  ///< how many bytes the pickle took

  const PickleNode& operator[](PickleId id) const { return nodes[id]; }
  /// The value of a text key in a dictionary, the last if there are several; 0 if there is none.
  PickleId find(PickleId dict, std::string_view key) const;
};

/// Most values that one pickle may make: 4 million, some 400 MB.
inline constexpr std::size_t max_pickle_nodes = std::size_t{4} << 20;

/// Reads the pickle at the start of `bytes`, of any protocol. `source` stands for the path.
///
/// Memory  a small multiple of the bytes, and at most that of max_pickle_nodes values.
/// Errors  FormatError for bytes that are no pickle; UnsupportedError, naming it, for a call of a
///         function, a name from a module that acts on the machine (os, subprocess, builtins), an
///         extension code or a buffer from outside.
/// Source  the comments of CPython's pickletools.py, protocols 0 to 5.
Pickle read_pickle(ByteView bytes, const std::string& source);

/// Errors that name the file and the byte.
[[noreturn]] void bad_pickle(const std::string& source, const std::string& problem, std::size_t at,
                             const std::string& hint = "");
[[noreturn]] void refuse_pickle(const std::string& source, const std::string& problem,
                                const std::string& name, const std::string& hint = "");

/// Refuses a name from a module that acts on the machine.
void check_name(const std::string& name, const std::string& source);

/// What a call of `function` with the tuple `arguments` stands for; it may be added to `pickle`.
/// `charge(n)` accounts for n bytes that are copied. Errors: UnsupportedError for what is not known
/// to make plain data.
PickleId call_by_name(Pickle& pickle, PickleId function, PickleId arguments,
                      const std::string& source, const std::function<void(std::size_t)>& charge);

}  // namespace fathom::io::detail
