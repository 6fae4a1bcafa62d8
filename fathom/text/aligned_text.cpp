#include "fathom/text/aligned_text.h"

#include "fathom/core/error.h"

namespace fathom::text {
namespace {

// The table that a text in place does without.
std::vector<Span> table_of(const AlignedText& text, std::size_t bytes) {
  std::vector<Span> out;
  out.reserve(bytes + bytes / 8 + 8);
  for (std::size_t i = 0; i < bytes;) {
    const std::size_t length = length_of(text.now()[i]);
    const Span span{static_cast<std::uint32_t>(text.begin() + i),
                    static_cast<std::uint32_t>(text.begin() + i + length)};
    out.insert(out.end(), length, span);
    i += length;
  }
  return out;
}

}  // namespace

void AlignedText::append(const AlignedText& other) {
  if (other.empty()) return;
  if (empty()) {
    *this = other;
    return;
  }
  const bool stays = in_place() && other.in_place() && begin_ + now_.size() == other.begin_;
  if (!stays) {
    if (in_place()) origins_ = table_of(*this, now_.size());
    const std::vector<Span> added =
        other.in_place() ? table_of(other, other.now_.size()) : other.origins_;
    origins_.insert(origins_.end(), added.begin(), added.end());
  }
  now_ += other.now_;
}

Rewriter::Rewriter(const AlignedText& from)
    : from_(from), in_place_(from.in_place()), before_{from.begin(), from.begin()} {
  out_.reserve(from.now().size() + 16);
  if (!in_place_) origins_.reserve(from.now().size() + 16);
}

void Rewriter::move() {
  if (!in_place_) return;
  in_place_ = false;
  origins_ = table_of(from_, out_.size());
}

void Rewriter::write(char32_t c, Span origin) {
  const std::size_t bytes = out_.size();
  append_utf8(out_, c);
  if (!in_place_) origins_.insert(origins_.end(), out_.size() - bytes, origin);
}

void Rewriter::drop_to(std::size_t byte) {
  if (byte <= at_) return;
  move();
  before_ = from_.origin(byte - 1);
  at_ = byte;
}

void Rewriter::drop(std::size_t characters) {
  std::size_t byte = at_;
  for (; characters > 0 && byte < from_.now().size(); --characters)
    byte += length_of(from_.now()[byte]);
  drop_to(byte);
}

void Rewriter::keep_to(std::size_t byte) {
  if (byte <= at_) return;
  out_.append(from_.now(), at_, byte - at_);
  if (!in_place_) {
    if (from_.in_place()) {
      while (at_ < byte) {
        const std::size_t length = length_of(from_.now()[at_]);
        origins_.insert(origins_.end(), length, from_.origin(at_, at_ + length));
        at_ += length;
      }
    } else {
      origins_.insert(origins_.end(), from_.origins_.begin() + static_cast<std::ptrdiff_t>(at_),
                      from_.origins_.begin() + static_cast<std::ptrdiff_t>(byte));
    }
  }
  at_ = byte;
  before_ = from_.origin(byte - 1);
}

void Rewriter::put(char32_t c, int change) {
  const bool at_end = at_ >= from_.now().size();
  if (change > 0 || at_end) {
    move();
    write(c, before_);
    return;
  }
  const std::size_t length = length_of(from_.now()[at_]);
  const Span span = from_.in_place()
                        ? Span{static_cast<std::uint32_t>(from_.begin() + at_),
                               static_cast<std::uint32_t>(from_.begin() + at_ + length)}
                        : from_.origins_[at_];
  if (change < 0 || length != length_of(c)) move();
  write(c, span);
  before_ = from_.in_place() ? span : from_.origins_[at_ + length - 1];
  at_ += length;
  if (change < 0) drop(static_cast<std::size_t>(-change));
}

void Rewriter::prepend(std::string_view text) {
  if (at_ >= from_.now().size() || text.empty()) return;
  move();
  const Span span = from_.origin(at_);
  for_each_character(text, [&](char32_t c, std::size_t, std::size_t) { write(c, span); });
}

AlignedText Rewriter::finish() && {
  if (out_.size() > from_.most_)
    throw ValueError({.operation = "encode",
                      .problem = "the tokenizer makes the text too long",
                      .received = {{"bytes", std::to_string(out_.size())}},
                      .expected = "at most " + std::to_string(from_.most_)});
  AlignedText out;
  out.most_ = from_.most_;
  out.begin_ = from_.begin();
  out.now_ = std::move(out_);
  out.origins_ = std::move(origins_);
  return out;
}

}  // namespace fathom::text
