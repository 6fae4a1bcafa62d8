#include "fathom/io/npy_header.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "fathom/core/error.h"

namespace fathom::io::detail {
namespace {

constexpr std::size_t max_npy_header = 1 << 20;

struct NpyType {
  std::string_view code;
  Stored type;
};
constexpr NpyType npy_types[] = {{"f8", Stored::f64}, {"f4", Stored::f32}, {"f2", Stored::f16},
                                 {"i8", Stored::i64}, {"i4", Stored::i32}, {"i2", Stored::i16},
                                 {"i1", Stored::i8},  {"u8", Stored::u64}, {"u4", Stored::u32},
                                 {"u2", Stored::u16}, {"u1", Stored::u8},  {"b1", Stored::boolean}};

// A dictionary of texts, truth values and tuples of whole numbers.
class NpyLiteral {
 public:
  NpyLiteral(std::string_view text, const std::string& source) : text_(text), source_(source) {}

  [[noreturn]] void refuse(const std::string& expected) const {
    std::string near(text_.substr(std::min(at_, text_.size()), 24));
    std::ranges::replace_if(
        near, [](char c) { return c < ' ' || c > '~'; }, '?');
    bad_npy(source_, "the header is no dictionary of NumPy's",
            "'" + near + "' at character " + std::to_string(at_), expected);
  }
  bool next(char c) {
    skip();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!next(c)) refuse(std::string("'") + c + "'");
  }
  bool word(std::string_view w) {
    skip();
    if (!text_.substr(at_).starts_with(w)) return false;
    at_ += w.size();
    return true;
  }
  std::string quoted() {
    skip();
    const char quote = at_ < text_.size() ? text_[at_] : ' ';
    if (quote != '\'' && quote != '"') refuse("a quoted text");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == text_.npos) refuse("a closing quote");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }
  std::int64_t whole_number() {
    skip();
    std::int64_t value = 0;
    const char* first = text_.data() + at_;
    const auto [end, code] = std::from_chars(first, text_.data() + text_.size(), value);
    if (code != std::errc() || value < 0) refuse("an extent: a whole number from 0");
    at_ += static_cast<std::size_t>(end - first);
    word("L");  // of Python 2
    return value;
  }
  bool at_end() {
    skip();
    return at_ == text_.size();
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  std::string_view text_;
  const std::string& source_;
  std::size_t at_ = 0;
};

void read_descr(NpyLiteral& literal, const std::string& source, NpyHeader& header) {
  const bool record = literal.next('[');
  const std::string descr = record ? "[...]" : literal.quoted();
  const std::string_view code =
      std::string_view(descr).substr(std::min<std::size_t>(1, descr.size()));
  const auto* known = std::ranges::find(npy_types, code, &NpyType::code);
  if (record || known == std::end(npy_types) ||
      std::string_view("<>|=").find(descr[0]) == std::string_view::npos)
    throw UnsupportedError(
        {.operation = "npy",
         .problem = "no tensor of this element type",
         .received = {{"path", source}, {"descr", descr}},
         .expected = "f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 or b1",
         .hint = code.starts_with('O') ? "an array of pickled Python objects: nothing is unpickled"
                 : code.starts_with('V') ? "bf16 has no type in NumPy; save it as f4 or safetensors"
                                         : "convert the array before saving it"});
  header.type = known->type;
  header.swapped = descr[0] == '>' && size_of(header.type) > 1;
}

void read_shape(NpyLiteral& literal, const std::string& source, NpyHeader& header) {
  literal.expect('(');
  while (!literal.next(')')) {
    if (header.shape.rank() == Shape::max_rank)
      throw UnsupportedError({.operation = "npy",
                              .problem = "too many axes",
                              .received = {{"path", source}},
                              .expected = "at most 8 axes"});
    header.shape.push_back(literal.whole_number());
    if (!literal.next(',')) {
      literal.expect(')');
      break;
    }
  }
}

}  // namespace

void bad_npy(const std::string& source, const std::string& problem, const std::string& received,
             const std::string& expected, const std::string& hint) {
  throw FormatError({.operation = "npy",
                     .problem = problem,
                     .received = {{"path", source}, {"got", received}},
                     .expected = expected,
                     .hint = hint});
}

NpyStart npy_start(ByteView start, const std::string& source) {
  constexpr std::uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (start.size() < 10 || !std::equal(std::begin(magic), std::end(magic), start.begin()))
    bad_npy(source, "not a .npy file", std::to_string(start.size()) + " bytes of another kind",
            "a file that begins with \\x93NUMPY", "was the file cut off?");
  const int major = start[6];
  if (major < 1 || major > 3)
    bad_npy(source, "an unknown version", std::to_string(major), "version 1, 2 or 3");
  std::size_t length = start[8] | std::size_t{start[9]} << 8;
  if (major > 1) {
    if (start.size() < npy_start_bytes)
      bad_npy(source, "the header ends early", std::to_string(start.size()) + " bytes",
              "a length of 4 bytes", "was the file cut off?");
    length |= std::size_t{start[10]} << 16 | std::size_t{start[11]} << 24;
  }
  if (length > max_npy_header)
    bad_npy(source, "a header that is too long", std::to_string(length) + " bytes",
            "at most 1 MiB");
  return {major > 1 ? npy_start_bytes : 10, length};
}

NpyHeader npy_header(std::string_view text, const std::string& source) {
  NpyLiteral literal(text, source);
  NpyHeader header;
  bool descr = false, order = false, shape = false;
  literal.expect('{');
  while (!literal.next('}')) {
    const std::string key = literal.quoted();
    literal.expect(':');
    bool& seen = key == "descr" ? descr : key == "fortran_order" ? order : shape;
    if (seen || (key != "descr" && key != "fortran_order" && key != "shape"))
      literal.refuse("descr, fortran_order and shape, each once");
    seen = true;
    if (key == "descr") {
      read_descr(literal, source, header);
    } else if (key == "shape") {
      read_shape(literal, source, header);
    } else {
      header.fortran_order = literal.word("True");
      if (!header.fortran_order && !literal.word("False")) literal.refuse("True or False");
    }
    if (!literal.next(',')) {
      literal.expect('}');
      break;
    }
  }
  if (!descr || !order || !shape || !literal.at_end())
    literal.refuse("descr, fortran_order and shape, each once, and no more");
  return header;
}

}  // namespace fathom::io::detail
