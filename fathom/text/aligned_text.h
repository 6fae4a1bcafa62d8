// Private to fathom/text: a text on its way through normalisers and splitters, which knows for each
// of its bytes what part of the source it came from. Offsets of tokens come from here.
//
// Each character of a changed text bears the range of one character of the text before it, as in
// Hugging Face tokenizers: one that was put in has the range of the one before it.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/core/function_ref.h"
#include "fathom/text/utf8.h"

namespace fathom::text {

/// Bytes of the source.
struct Span {
  std::uint32_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

/// A text and its origin. As long as every character lies where it lay, no table is kept.
class AlignedText {
 public:
  AlignedText() = default;
  /// A part of the source that begins at `begin`, unchanged.
  AlignedText(std::string_view text, std::uint32_t begin)
      : now_(text), begin_(begin), most_(std::max<std::size_t>(32 * text.size(), 64 << 20)) {}

  std::string_view now() const { return now_; }
  bool empty() const { return now_.empty(); }
  /// Whether nothing has moved: byte i is byte begin + i of the source.
  bool in_place() const { return origins_.empty(); }
  std::uint32_t begin() const { return begin_; }

  /// Where the byte at i came from: a whole character.
  Span origin(std::size_t i) const {
    if (!in_place()) return origins_[i];
    std::size_t first = i, last = i + 1;
    while (first > 0 && is_continuation(now_[first])) --first;
    while (last < now_.size() && is_continuation(now_[last])) ++last;
    return {static_cast<std::uint32_t>(begin_ + first), static_cast<std::uint32_t>(begin_ + last)};
  }
  /// Where bytes [from, to) came from; not empty.
  Span origin(std::size_t from, std::size_t to) const {
    if (in_place() && (to == now_.size() || !is_continuation(now_[to])) &&
        !is_continuation(now_[from]))
      return {static_cast<std::uint32_t>(begin_ + from), static_cast<std::uint32_t>(begin_ + to)};
    return {origin(from).begin, origin(to - 1).end};
  }

  /// Puts other bytes in place of the text's, one for one; characters keep their lengths.
  void overwrite(FunctionRef<void(std::string&)> change) { change(now_); }
  /// Adds what lies behind this text in the source.
  void append(const AlignedText& other);

 private:
  friend class Rewriter;
  std::string now_;
  std::vector<Span> origins_;  // of each byte; empty if in place
  std::uint32_t begin_ = 0;
  std::size_t most_ = 64 << 20;  // bytes that it may grow to: replacements of replacements add up
};

/// Reads a text from its start and writes what it becomes.
class Rewriter {
 public:
  explicit Rewriter(const AlignedText& from);

  /// Where the reader stands, and what is left.
  std::size_t at() const { return at_; }
  std::string_view rest() const { return from_.now().substr(at_); }

  /// Leaves out characters.
  void drop(std::size_t characters);
  /// Leaves out everything up to a byte of the old text.
  void drop_to(std::size_t byte);
  /// Copies everything up to a byte of the old text.
  void keep_to(std::size_t byte);
  /// Writes c for the next character.
  void replace(char32_t c) { put(c, 0); }
  /// Writes c in addition to the character before, or for nothing at the text's start.
  void insert(char32_t c) { put(c, 1); }
  /// Writes c: for change = 0 instead of the next character, for 1 in addition, for -n instead of
  /// the next 1 + n.
  void put(char32_t c, int change);
  /// Writes characters that share the origin of the one that stands next, which stays unread.
  void prepend(std::string_view text);

  std::size_t written() const { return out_.size(); }
  /// The new text; what was not read is left out. Errors: ValueError if it has grown too large.
  AlignedText finish() &&;

 private:
  void move();  // from here on, a table
  void write(char32_t c, Span origin);

  const AlignedText& from_;
  std::string out_;
  std::vector<Span> origins_;
  bool in_place_;
  std::size_t at_ = 0;
  Span before_;  // of the byte before at_
};

}  // namespace fathom::text
