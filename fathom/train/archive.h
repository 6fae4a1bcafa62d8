// Archive: the state of a run on its way into a file or out of one, as named tensors in a
// safetensors file. The same function writes and reads, so that the two cannot differ:
//
//   struct Counter {
//     std::int64_t epochs = 0;
//     void after_epoch(train::Run&) { ++epochs; }
//     void archive(train::Archive& a) { a("epochs", epochs); }
//   };
#pragma once
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fathom/io/weights.h"

namespace fathom::train {

namespace detail {
template <class T> inline constexpr bool is_list = false;
template <class T> inline constexpr bool is_list<std::vector<T>> = true;
template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
}  // namespace detail

/// Values by name. Numbers are kept as tensors, so every bit survives, that of a NaN too. Reading
/// is strict: FormatError for what is missing, of another kind, or left over.
class Archive {
 public:
  /// To be written.
  Archive() = default;
  /// To be read. Errors: IoError; FormatError for a file that is none of this version.
  explicit Archive(const std::string& path, Where where = Where::current());

  bool reading() const { return reading_; }
  /// The file that is read.
  const std::string& source() const { return source_; }

  /// Keeps a value, or gives it back: numbers, bool, enumerations, strings, tensors (an undefined
  /// one is left out), and optionals and vectors of these.
  template <class T> void operator()(std::string_view name, T& value) {
    if constexpr (std::same_as<T, Tensor>) {
      tensor(name, value);
    } else if constexpr (std::same_as<T, std::string>) {
      text(name, value);
    } else if constexpr (std::same_as<T, double> || std::same_as<T, std::int64_t>) {
      number(name, value);
    } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
      auto whole = static_cast<std::int64_t>(value);
      number(name, whole);
      value = static_cast<T>(whole);
    } else if constexpr (std::floating_point<T>) {
      auto wide = static_cast<double>(value);
      number(name, wide);
      value = static_cast<T>(wide);
    } else if constexpr (detail::is_optional<T>) {
      bool has = value.has_value();
      (*this)(std::string(name) + ".has", has);
      if (!has) return value.reset();
      if (!value) value.emplace();
      (*this)(name, *value);
    } else if constexpr (std::same_as<T, std::vector<double>> ||
                         std::same_as<T, std::vector<std::int64_t>>) {
      numbers(name, value);
    } else {
      static_assert(detail::is_list<T>, "fathom: an archive does not know this type of value");
      auto size = static_cast<std::int64_t>(value.size());
      const Scope scope = inside(name);
      (*this)("size", size);
      require_size(size);
      value.resize(static_cast<std::size_t>(size));
      for (std::size_t i = 0; i < value.size(); ++i) (*this)(std::to_string(i), value[i]);
    }
  }

  /// A model's parameters and buffers. Errors, reading: FormatError that lists all that do not fit;
  /// the model is then unchanged.
  template <class M> void model(std::string_view name, M& model) {
    std::vector<io::NamedTensor> list;
    if (!reading_) list = io::weights_of(model);
    tensors(name, list);
    if (reading_) nn::load_state(model, list, source_);
  }
  /// A list whose names are part of it.
  void tensors(std::string_view name, std::vector<io::NamedTensor>& list);

  /// What a run that goes on must have in common with the one that wrote. Errors, reading:
  /// FormatError for another value.
  void same(std::string_view name, std::int64_t value);

  /// While it lives, names are below its own.
  class Scope {
   public:
    Scope(Archive& archive, std::size_t length) : archive_(archive), length_(length) {}
    ~Scope() { archive_.prefix_.resize(length_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Archive& archive_;
    std::size_t length_;
  };
  [[nodiscard]] Scope inside(std::string_view name);

  /// Writes the file, atomically. Errors: IoError.
  void save(const std::string& path, Where where = Where::current()) const;
  /// Reading: refuses what nobody asked for. Errors: FormatError that lists it.
  void require_all_read() const;

 private:
  std::string full(std::string_view name) const;
  void put(std::string_view name, Tensor value);
  Tensor take(std::string_view name, DType dtype, int rank);
  void tensor(std::string_view name, Tensor& value);
  void text(std::string_view name, std::string& value);
  template <class T> void number(std::string_view name, T& value);
  template <class T> void numbers(std::string_view name, std::vector<T>& values);
  void require_size(std::int64_t size) const;
  [[noreturn]] void refuse(const std::string& problem, const std::string& expected) const;

  bool reading_ = false;
  std::string source_, prefix_;
  std::map<std::string, Tensor> tensors_;
  std::map<std::string, std::string> texts_;
};

}  // namespace fathom::train
