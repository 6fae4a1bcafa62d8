// Tensors as text, character by character as NumPy prints arrays (numpy/_core/arrayprint.py):
// shortest digits that tell a number from its neighbours, at most 8 behind the point, one width for
// all.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ostream>

#include "fathom/core/error.h"
#include "fathom/core/tensor.h"
#include "fathom/core/with_type.h"

namespace fathom {
namespace {

constexpr std::int64_t summarize_above = 1000;
constexpr std::int64_t edge_items = 3;
constexpr std::size_t line_width = 75;
constexpr int precision = 8;

/// Positions along an axis that are printed; -1 stands for "...".
std::vector<std::int64_t> printed_positions(std::int64_t n, bool summarize) {
  std::vector<std::int64_t> positions;
  for (std::int64_t i = 0; i < n; ++i) {
    if (summarize && n > 2 * edge_items && i == edge_items) {
      positions.push_back(-1);
      i = n - edge_items;
    }
    positions.push_back(i);
  }
  return positions;
}

// ---- numbers

/// "1.5", "3." or "1.5e-05", "1.e+10": the shortest digits, cut at `precision` behind the point.
template <class T> std::string digits(T v, bool scientific) {
  char buffer[400];
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, v, format).ptr);
  std::size_t end = std::min(text.find('e'), text.size());
  std::size_t point = text.find('.');
  if (point == std::string::npos) {
    text.insert(end, ".");
    return text;
  }
  if (end - point - 1 <= precision) return text;
  text = scientific ? fmt::format("{:.{}e}", v, precision) : fmt::format("{:.{}f}", v, precision);
  end = std::min(text.find('e'), text.size());
  const std::size_t last = text.find_last_not_of('0', end - 1);
  text.erase(last + 1, end - last - 1);
  return text;
}

/// The number with the fewest digits that rounds to the half `x`: what is printed of it.
template <class Half> double shortest(Half x) {
  const auto value = static_cast<float>(x);
  if (!std::isfinite(value)) return value;
  for (int digits = 0; digits < 8; ++digits) {
    const double rounded = std::stod(fmt::format("{:.{}e}", value, digits));
    if (Half(static_cast<float>(rounded)).bits == x.bits) return rounded;
  }
  return value;
}

/// How wide the parts of a list's numbers are.
struct Columns {
  bool scientific = false;
  std::size_t before = 0;  // the point, with the sign
  std::size_t behind = 0;
  std::size_t exponent = 0;  // its digits
};

std::size_t point_of(const std::string& word) { return word.find('.'); }
std::size_t behind_point(const std::string& word) {
  return std::min(word.find('e'), word.size()) - point_of(word) - 1;
}

template <class T> Columns columns_of(const std::vector<T>& values) {
  Columns c;
  T largest = 0, smallest = 0;
  bool finite = false;
  for (const T v : values) {
    if (!std::isfinite(v) || v == 0) continue;
    const T a = std::abs(v);
    largest = finite ? std::max(largest, a) : a;
    smallest = finite ? std::min(smallest, a) : a;
    finite = true;
  }
  c.scientific =
      finite && (largest >= T(1e8) || smallest < T(1e-4) || largest / smallest > T(1000));
  for (const T v : values) {
    if (!std::isfinite(v)) continue;
    const std::string word = digits(v, c.scientific);
    c.before = std::max(c.before, point_of(word));
    c.behind = std::max(c.behind, behind_point(word));
    if (c.scientific) c.exponent = std::max(c.exponent, word.size() - word.find('e') - 2);
  }
  return c;
}

template <class T> std::string format(T v, const Columns& c) {
  if (std::isnan(v)) return "nan";
  if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
  std::string word = digits(v, c.scientific);
  const std::size_t missing = c.behind - behind_point(word);
  if (!c.scientific) return word.append(missing, ' ');
  if (missing > 0) word = fmt::format("{:.{}e}", v, c.behind);  // NumPy fills up with exact digits
  const std::size_t e = word.find('e');
  word.insert(e + 2, c.exponent - (word.size() - e - 2), '0');
  return word;
}

/// A number alone, as Python writes it: "2.5", "190.0", "1e-05".
template <class T> std::string format_scalar(T v) {
  if (!std::isfinite(v)) return format(v, {});
  const T a = std::abs(v);
  const bool scientific = a != 0 && (a < T(1e-4) || a >= T(1e16));
  char buffer[400];
  const auto kind = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, v, kind).ptr);
  if (!scientific && text.find('.') == std::string::npos) text += ".0";
  return text;
}

// ---- arrays

class Printer {
 public:
  explicit Printer(const Tensor& t) : t_(t), summarize_(t.size() > summarize_above) {
    collect_words();
  }

  std::string text() { return nested(0); }

 private:
  void collect_words() {
    with_type(t_.dtype(), [&]<class T>(T) {
      if constexpr (std::is_floating_point_v<T>)
        collect_floats<T>();
      else if constexpr (std::is_arithmetic_v<T>)
        collect<T>();
      else
        collect_halves<T>();
    });
  }

  template <class T, class F> void for_each_printed(const T* data, int axis, F&& f) {
    if (axis == t_.rank()) return f(*data);
    std::int64_t stride = 1;
    for (int i = axis + 1; i < t_.rank(); ++i) stride *= t_.shape()[i];
    for (const std::int64_t i : printed_positions(t_.shape()[axis], summarize_))
      if (i >= 0) for_each_printed(data + i * stride, axis + 1, f);
  }

  template <class T> void collect() {
    for_each_printed(static_cast<const T*>(t_.raw_data()), 0, [&](T v) {
      if constexpr (std::is_same_v<T, bool>)
        words_.emplace_back(v ? "True" : "False");
      else
        words_.push_back(std::to_string(v));
    });
    if (t_.rank() > 0) justify();
  }
  template <class T> void collect_floats() {
    std::vector<T> values;
    for_each_printed(static_cast<const T*>(t_.raw_data()), 0, [&](T v) { values.push_back(v); });
    format_floats(values);
  }
  template <class T> void collect_halves() {
    std::vector<double> values;
    for_each_printed(static_cast<const T*>(t_.raw_data()), 0,
                     [&](T v) { values.push_back(shortest(v)); });
    format_floats(values);
  }
  template <class T> void format_floats(const std::vector<T>& values) {
    if (t_.rank() == 0) {
      words_.push_back(format_scalar(values[0]));
      return;
    }
    const Columns c = columns_of(values);
    for (const T v : values) {
      words_.push_back(format(v, c));
      if (std::isfinite(v)) words_.back().insert(0, c.before - point_of(words_.back()), ' ');
    }
    justify();
  }
  void justify() {
    std::size_t width = 0;
    for (const std::string& w : words_) width = std::max(width, w.size());
    for (std::string& w : words_) w.insert(0, width - w.size(), ' ');
  }

  std::string nested(int axis) {
    if (axis == t_.rank()) return words_[next_++];
    const auto positions = printed_positions(t_.shape()[axis], summarize_);
    const std::string indent(static_cast<std::size_t>(axis) + 1, ' ');
    std::string text = "[";
    if (axis == t_.rank() - 1) return text + wrapped(positions, indent) + "]";
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (i > 0) text += std::string(static_cast<std::size_t>(t_.rank() - axis - 1), '\n') + indent;
      text += positions[i] < 0 ? "..." : nested(axis + 1);
    }
    return text + "]";
  }

  /// The last axis: words with blanks between, broken into lines.
  std::string wrapped(const std::vector<std::int64_t>& positions, const std::string& indent) {
    const std::size_t width =
        line_width - indent.size();  // room for the bracket that closes each axis
    std::string text, line = indent;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const std::string word = positions[i] < 0 ? "..." : words_[next_++];
      if (line.size() + word.size() > width && line.size() > indent.size()) {
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        line = indent;
      }
      line += word;
      if (i + 1 < positions.size()) line += ' ';
    }
    return (text + line).substr(indent.size());
  }

  const Tensor& t_;
  bool summarize_;
  std::vector<std::string> words_;  // of the printed elements, in order
  std::size_t next_ = 0;
};

}  // namespace

std::string to_string(const Tensor& tensor) {
  if (!tensor.defined()) return "(empty tensor)";
  tensor.eval();
  if (tensor.size() == 0)
    return "[] " + std::string(name(tensor.dtype())) + " " + to_string(tensor.shape());
  return Printer(tensor).text();
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  return out << to_string(tensor);
}
// Here and not beside their types: what uses streams is then in one object, and the program is
// without.
std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << to_string(shape); }
std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name(dtype); }

}  // namespace fathom
