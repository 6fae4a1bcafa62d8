// The exceptions of Fathom. Each carries what was received, what was expected and a hint, and
// prints them in one fixed order.
#pragma once
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "fathom/core/where.h"

namespace fathom {

/// What an error says. Empty parts are left out of the text.
struct ErrorInfo {
  std::string operation;                                      ///< "matmul", "safetensors"
  std::string problem;                                        ///< "inner dimensions differ"
  std::vector<std::pair<std::string, std::string>> received;  ///< {"a", "f32 (32, 784)"}
  std::string expected;                                       ///< a whole sentence part
  std::string hint;                                           ///< the likely mend
  std::string module;                                         ///< "net.hidden (nn::Linear)"
  std::string where;                                          ///< "train.cpp:42"
};

/// Base of all errors that Fathom throws. An error that says nothing of its place gets that of the
/// layer or the public function whose call is running (graph/context.h). `what()` is the whole
/// text:
///
///   matmul: inner dimensions differ
///     a: f32 (32, 784)     b: f32 (256, 10)
///     expected a.shape[-1] == b.shape[-2], got 784 and 256
///     hint: if b is stored (out, in), pass transpose(b)
///     in: net.hidden (nn::Linear), train.cpp:42
class Error : public std::exception {
 public:
  explicit Error(ErrorInfo info);
  const char* what() const noexcept override { return text_.c_str(); }
  const ErrorInfo& info() const noexcept { return info_; }
  /// The first line alone, for one-line reports.
  std::string summary() const;
  /// Says the same with other words: what an outer function knows of the place.
  template <class F> void change(F&& f) {
    info_ = std::forward<F>(f)(std::move(info_));
    write();
  }

 private:
  void write();
  ErrorInfo info_;
  std::string text_;
};

/// Shapes that do not fit an operation.
class ShapeError : public Error {
  using Error::Error;
};
/// An element type that an operation does not take.
class DTypeError : public Error {
  using Error::Error;
};
/// A device or instruction set that is absent.
class DeviceError : public Error {
  using Error::Error;
};
/// An axis, index or label out of range.
class IndexError : public Error {
  using Error::Error;
};
/// A value out of an option's range.
class ValueError : public Error {
  using Error::Error;
};
/// A file that cannot be opened, read or written.
class IoError : public Error {
  using Error::Error;
};
/// Bytes that are not what their format says.
class FormatError : public Error {
  using Error::Error;
};
/// Something that is legal but that Fathom cannot do.
class UnsupportedError : public Error {
  using Error::Error;
};
/// NaN or infinity where a finite number is needed.
class NumericError : public Error {
  using Error::Error;
};

/// Calls f; errors that name no line of source yet name `where`.
template <class F> decltype(auto) located(const Where& where, F&& f) {
  try {
    return std::forward<F>(f)();
  } catch (Error& error) {
    error.change([&](ErrorInfo info) {
      if (info.where.empty()) info.where = to_string(where);
      return info;
    });
    throw;
  }
}

}  // namespace fathom
