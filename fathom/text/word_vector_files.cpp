// Files of word vectors, read piece by piece: word2vec's two formats, fastText's .vec, GloVe's.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "fathom/core/error.h"
#include "fathom/io/byte_source.h"
#include "fathom/io/gzip.h"
#include "fathom/text/utf8.h"
#include "fathom/text/word_vectors.h"

namespace fathom::text {
namespace {

constexpr std::size_t window_bytes = 1 << 20;

/// Bytes of a file or of memory, unpacked if they are gzip, a window of them at a time.
class VectorBytes {
 public:
  explicit VectorBytes(io::ByteSource source) : source_(std::move(source)) {
    std::uint8_t begin[2] = {};
    if (source_.size >= 2) source_.read(0, begin, 2);
    most_ = source_.size;
    if (!io::is_gzip(begin)) return;
    packed_.resize(source_.size);
    source_.read(0, packed_.data(), packed_.size());
    gzip_ = std::make_unique<io::GzipReader>(packed_, source_.name);
    most_ = gzip_->most_bytes();
  }
  const std::string& name() const { return source_.name; }
  /// No more bytes than these will come.
  std::uint64_t most() const { return most_; }
  std::uint64_t place() const { return place_; }
  std::string_view ahead() const { return std::string_view(buffer_).substr(at_); }
  void skip(std::size_t n) {
    at_ += n;
    place_ += n;
  }
  /// Makes at least n bytes stand ahead; false at the end.
  bool want(std::size_t n) {
    while (ahead().size() < n && more()) {
    }
    return ahead().size() >= n;
  }
  /// The next line without its end, or false.
  bool line(std::string_view& out) {
    std::size_t looked = 0, end;
    while ((end = ahead().find('\n', looked)) == std::string_view::npos) {
      looked = ahead().size();
      if (!more()) break;
    }
    if (ahead().empty()) return false;
    out = ahead().substr(0, end);
    skip(end == std::string_view::npos ? out.size() : end + 1);
    if (out.ends_with('\r')) out.remove_suffix(1);
    return true;
  }

 private:
  bool more() {
    buffer_.erase(0, at_);
    at_ = 0;
    const std::size_t had = buffer_.size();
    buffer_.resize(had + std::max(window_bytes, had));
    std::size_t got = 0;
    if (gzip_) {
      got = gzip_->read(buffer_.data() + had, buffer_.size() - had);
    } else {
      got = std::min<std::uint64_t>(buffer_.size() - had, source_.size - read_);
      source_.read(read_, buffer_.data() + had, got);
      read_ += got;
    }
    buffer_.resize(had + got);
    return got > 0;
  }

  io::ByteSource source_;
  io::Bytes packed_;
  std::unique_ptr<io::GzipReader> gzip_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t read_ = 0, place_ = 0, most_ = 0;
};

/// The last `n` fields of a line as numbers (0: all behind the first), and what stands before them.
bool split_line(std::string_view line, std::size_t n, std::string_view& word,
                std::vector<float>& numbers) {
  constexpr std::string_view blanks = " \t";
  std::size_t end = line.find_last_not_of(blanks) + 1;
  const std::size_t before = numbers.size();
  for (std::size_t count = 0; n == 0 || count < n; ++count) {
    const std::size_t blank = line.substr(0, end).find_last_of(blanks);
    if (blank == std::string_view::npos || blank == 0) break;
    float value = 0;
    const char *start = line.data() + blank + 1, *stop = line.data() + end;
    auto [at, failed] = std::from_chars(start, stop, value);
    if (failed == std::errc::result_out_of_range) {  // 1e-50 is 0
      double wide = 0;
      failed = std::from_chars(start, stop, wide).ec;
      value = static_cast<float>(wide);
    }
    if (failed != std::errc() || at != stop) break;
    numbers.push_back(value);
    end = line.find_last_not_of(blanks, blank) + 1;
    if (end == 0) break;
  }
  const std::size_t got = numbers.size() - before;
  if (got == 0 || (n > 0 && got < n)) return false;
  std::reverse(numbers.begin() + static_cast<std::ptrdiff_t>(before), numbers.end());
  word = line.substr(0, end);
  return !word.empty();
}

/// The first line of a text, without blanks and the rest of a line's end behind it.
std::string_view first_line(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

/// "words numbers", the first line of word2vec's formats.
bool is_header(std::string_view line, std::uint64_t& words, std::uint64_t& numbers) {
  const char* end = line.data() + line.size();
  const auto [blank, failed] = std::from_chars(line.data(), end, words);
  if (failed != std::errc() || blank == end || *blank != ' ') return false;
  const auto [stop, also] = std::from_chars(blank + 1, end, numbers);
  return also == std::errc() && stop == end;
}

constexpr double kMostSquares = 1e38;  // of a vector: float32 ends at 3.4e38

class VectorReader {
 public:
  VectorReader(io::ByteSource source, const VectorFileOptions& options)
      : bytes_(std::move(source)), options_(options) {}

  WordVectors read() {
    bytes_.want(1);
    const bool headed = is_header(first_line(bytes_.ahead()), words_, size_);
    if (!headed) words_ = size_ = 0;
    format_ = options_.format.value_or(headed ? VectorFormat::word2vec_text : VectorFormat::glove);
    if (format_ != VectorFormat::glove) {
      std::string_view line;
      if (!headed) refuse("no line with the number of words and of numbers", "two whole numbers");
      bytes_.line(line);
      // A word needs a byte, and each number two: a digit with a blank, or four in binary form.
      if (size_ == 0 || size_ > bytes_.most() / 2 || words_ > bytes_.most() / (2 * size_))
        refuse("its first line promises more than it holds",
               fmt::format("{} words of {} numbers", words_, size_).c_str());
      if (!options_.format && words_ > 0 && !begins_as_text())
        format_ = VectorFormat::word2vec_binary;
    }
    const std::uint64_t all = format_ == VectorFormat::glove ? ~std::uint64_t{0} : words_;
    const std::uint64_t wanted =
        options_.limit == 0 ? all : std::min<std::uint64_t>(all, options_.limit);
    for (std::uint64_t row = 0; row < wanted; ++row)
      if (!(format_ == VectorFormat::word2vec_binary ? binary_row() : text_row())) break;
    if (format_ != VectorFormat::glove && rows_ < wanted)
      refuse("it ends before its last word",
             fmt::format("{} words, got {}", words_, rows_).c_str());
    if (list_.empty()) refuse("no vectors in it", "at least one line of a word and numbers");
    const auto shape =
        Shape{static_cast<std::int64_t>(list_.size()), static_cast<std::int64_t>(size_)};
    return WordVectors(std::move(list_), Tensor::from(numbers_, shape));
  }

 private:
  [[noreturn]] void refuse(const char* problem, const char* expected, const char* hint = "") const {
    throw FormatError({.operation = "load_word_vectors",
                       .problem = problem,
                       .received = {{"file", bytes_.name()},
                                    {"row", std::to_string(rows_ + 1)},
                                    {"byte", std::to_string(bytes_.place())}},
                       .expected = expected,
                       .hint = hint});
  }

  /// Whether the first row is a line of a word and as many numbers as the header says.
  bool begins_as_text() {
    // A row of text has 2 to some 30 bytes a number.
    std::size_t looked = 0;
    while (bytes_.ahead().find('\n', looked) == std::string_view::npos) {
      looked = bytes_.ahead().size();
      if (looked > 64 * size_ + window_bytes || !bytes_.want(looked + 1)) break;
    }
    std::vector<float> numbers;
    std::string_view word;
    return split_line(first_line(bytes_.ahead()), size_, word, numbers);
  }

  bool text_row() {
    std::string_view line, word;
    if (!bytes_.line(line)) return false;
    if (!split_line(line, size_, word, numbers_))
      refuse("a line that is not a word and its numbers",
             size_ == 0 ? "a word, then numbers"
                        : fmt::format("a word, then {} numbers", size_).c_str());
    if (size_ == 0) size_ = numbers_.size();
    add(word);
    return true;
  }

  bool binary_row() {
    while (bytes_.want(1) && bytes_.ahead().front() == '\n') bytes_.skip(1);
    std::size_t blank, looked = 0;
    while ((blank = bytes_.ahead().find(' ', looked)) == std::string_view::npos) {
      looked = bytes_.ahead().size();
      if (!bytes_.want(looked + 1)) return false;
    }
    const std::size_t row_bytes = blank + 1 + size_ * sizeof(float);
    if (!bytes_.want(row_bytes)) return false;
    const std::string word(bytes_.ahead().substr(0, blank));
    numbers_.resize(numbers_.size() + size_);
    std::memcpy(numbers_.data() + numbers_.size() - size_, bytes_.ahead().data() + blank + 1,
                size_ * sizeof(float));
    bytes_.skip(row_bytes);
    add(word);
    return true;
  }

  /// Takes a word, whose numbers are the last of numbers_.
  void add(std::string_view word) {
    const auto last = std::span(numbers_).last(size_);
    if (!std::ranges::all_of(last, [](float x) { return std::isfinite(x); }))
      refuse("a number that is not finite", "finite numbers");
    double squares = 0;
    for (const double x : last) squares += x * x;
    if (squares > kMostSquares)
      refuse("a vector that is too long for similarities", "a sum of squares up to 1e38");
    std::string text(word);
    if (find_invalid_utf8(word) != std::string_view::npos) {
      if (!options_.repair_utf8)
        refuse("a word that is not UTF-8", "valid UTF-8", "repair_utf8 puts U+FFFD in its place");
      text = repaired_utf8(word);
    }
    if (seen_.insert(text).second) {
      list_.push_back(std::move(text));
    } else if (options_.keep_first) {
      numbers_.resize(numbers_.size() - size_);
    } else {
      refuse("a word that came before", "each word once", "keep_first leaves the second one out");
    }
    ++rows_;
  }

  VectorBytes bytes_;
  const VectorFileOptions& options_;
  VectorFormat format_ = VectorFormat::glove;
  std::uint64_t words_ = 0, size_ = 0, rows_ = 0;
  Words list_;
  std::vector<float> numbers_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

WordVectors load_word_vectors(const std::string& path, const VectorFileOptions& options,
                              Where where) {
  return located(where, [&] {
    const io::InputFile file(path, where);
    return VectorReader(io::source_of(file), options).read();
  });
}

WordVectors parse_word_vectors(io::ByteView bytes, const VectorFileOptions& options,
                               const std::string& source, Where where) {
  return located(where, [&] { return VectorReader(io::source_of(bytes, source), options).read(); });
}

void save_word_vectors(const std::string& path, const WordVectors& vectors, VectorFormat format,
                       Where where) {
  located(where, [&] {
    // GloVe's and the text of word2vec could hold blanks, but other readers do not expect them.
    for (const std::string& word : vectors.words())
      if (word.empty() || word.find_first_of(" \t\r\n") != std::string::npos)
        throw ValueError({.operation = "save_word_vectors",
                          .problem = "a word that no format of vectors can hold",
                          .received = {{"word", word}},
                          .expected = "words without blanks and line ends"});
    const auto numbers = vectors.vectors().data<float>();
    const std::size_t size = vectors.dimensions();
    io::write_atomically(path, [&](io::Sink& sink) {
      if (format != VectorFormat::glove) sink.write(fmt::format("{} {}\n", vectors.size(), size));
      std::string row;
      for (std::size_t i = 0; i < vectors.size(); ++i) {
        row = vectors.words()[i];
        const auto of = numbers.subspan(i * size, size);
        if (format == VectorFormat::word2vec_binary) {
          row += ' ';
          row.append(reinterpret_cast<const char*>(of.data()), of.size_bytes());
        } else {
          char text[32];
          for (const float x : of) {
            row += ' ';
            row.append(text, std::to_chars(text, text + sizeof text, x).ptr);
          }
        }
        row += '\n';
        sink.write(row);
      }
    });
  });
}

}  // namespace fathom::text
