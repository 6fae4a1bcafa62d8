// The patterns that GPT-2, Llama 3, Qwen 2 and GPT-4o split words with, each as a function that
// gives the matches of the expression; the expression itself is the judge in the tests.
#include "fathom/text/pre_tokenizers.h"
#include "fathom/text/unicode.h"

namespace fathom::text {
namespace {

using unicode::Flag;

/// One text and how far it goes; all that the patterns ask of it.
struct Reader {
  std::string_view text;
  std::uint32_t end;

  std::uint32_t next(std::uint32_t i) const {
    return i + static_cast<std::uint32_t>(length_of(text[i]));
  }
  std::uint16_t flags(std::uint32_t i) const {
    return i < end ? unicode::flags(decode(text.data() + i)) : std::uint16_t{0};
  }
  char at(std::uint32_t i) const { return i < end ? text[i] : '\0'; }
  bool line_end(std::uint32_t i) const { return i < end && (text[i] == '\r' || text[i] == '\n'); }

  /// Behind the run of characters that have one of these flags.
  std::uint32_t run(std::uint32_t i, unsigned any_of) const {
    while (i < end && flags(i) & any_of) i = next(i);
    return i;
  }
  /// Behind the run of what is neither letter nor number nor blank.
  std::uint32_t symbols(std::uint32_t i) const {
    while (i < end && !(flags(i) & (Flag::letter | Flag::number | Flag::space))) i = next(i);
    return i;
  }
  std::uint32_t line_ends(std::uint32_t i, bool slashes) const {
    while (line_end(i) || (slashes && at(i) == '/')) ++i;
    return i;
  }
  /// Behind up to three numbers, or `most`.
  std::uint32_t numbers(std::uint32_t i, int most) const {
    for (; most > 0 && flags(i) & Flag::number; --most) i = next(i);
    return i;
  }

  /// Behind an apostrophe with what may follow it ('s 't 're 've 'm 'll 'd), or i.
  std::uint32_t contraction(std::uint32_t i, bool any_case) const {
    if (at(i) != '\'') return i;
    const auto letter = [&](std::uint32_t k) {
      const char c = at(k);
      return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    const char a = letter(i + 1), b = a == '\0' ? '\0' : letter(i + 2);
    if (a == 's' || a == 't' || a == 'm' || a == 'd') return i + 2;
    if ((b == 'e' && (a == 'r' || a == 'v')) || (a == 'l' && b == 'l')) return i + 3;
    // The long s is a small s to who ignores case.
    if (any_case && i + 2 < end && text.compare(i + 1, 2, "\xC5\xBF") == 0) return i + 3;
    return i;
  }

  /// Blanks: all of them at the end of the text, else all but the last, which goes with what
  /// follows; one alone is taken.
  std::uint32_t blanks(std::uint32_t i) const {
    std::uint32_t last = i, stop = i;
    while (stop < end && flags(stop) & Flag::space) last = stop, stop = next(stop);
    return stop == end || last == i ? stop : last;
  }
  /// Behind the last line end among the blanks that begin at i, or i.
  std::uint32_t through_line_end(std::uint32_t i) const {
    std::uint32_t found = i;
    for (std::uint32_t k = i; k < end && flags(k) & Flag::space; k = next(k))
      if (line_end(k)) found = k + 1;
    return found;
  }
};

std::uint32_t gpt2_match(const Reader& r, std::uint32_t i) {
  if (const std::uint32_t stop = r.contraction(i, false); stop > i) return stop;
  const std::uint32_t word = r.text[i] == ' ' ? i + 1 : i;
  const std::uint16_t flags = r.flags(word);
  if (flags & Flag::letter) return r.run(word, Flag::letter);
  if (flags & Flag::number) return r.run(word, Flag::number);
  if (word < r.end && !(flags & Flag::space)) return r.symbols(word);
  return r.blanks(i);
}

/// What Llama 3 and GPT-4o have in common behind the words.
std::uint32_t other_match(const Reader& r, std::uint32_t i, int digits, bool slashes) {
  if (r.flags(i) & Flag::number) return r.numbers(i, digits);
  const std::uint32_t symbol = r.text[i] == ' ' ? i + 1 : i;
  if (const std::uint32_t stop = r.symbols(symbol); stop > symbol)
    return r.line_ends(stop, slashes);
  if (const std::uint32_t stop = r.through_line_end(i); stop > i) return stop;
  return r.blanks(i);
}

template <int digits> std::uint32_t llama3_match(const Reader& r, std::uint32_t i) {
  if (const std::uint32_t stop = r.contraction(i, true); stop > i) return stop;
  const std::uint16_t flags = r.flags(i);
  if (flags & Flag::letter) return r.run(i, Flag::letter);
  if (!(flags & Flag::number) && !r.line_end(i)) {
    const std::uint32_t word = r.next(i);
    if (r.flags(word) & Flag::letter) return r.run(word, Flag::letter);
  }
  return other_match(r, i, digits, false);
}

constexpr bool is_upper(std::uint16_t f) {  // [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
  return f & Flag::mark || (f & Flag::letter && !(f & Flag::lower));
}
constexpr bool is_lower(std::uint16_t f) {  // [\p{Ll}\p{Lm}\p{Lo}\p{M}]
  return f & Flag::mark || (f & Flag::letter && !(f & Flag::upper));
}

/// Capitals, then small letters, at least one of these; or i.
std::uint32_t capitals_then_small(const Reader& r, std::uint32_t i) {
  std::uint32_t stop = i, last_both = UINT32_MAX;
  for (; stop < r.end && is_upper(r.flags(stop)); stop = r.next(stop))
    if (is_lower(r.flags(stop))) last_both = stop;
  if (!is_lower(r.flags(stop))) return last_both == UINT32_MAX ? i : r.next(last_both);
  while (is_lower(r.flags(stop))) stop = r.next(stop);
  return stop;
}
/// Capitals, at least one, then small letters; or i.
std::uint32_t capitals(const Reader& r, std::uint32_t i) {
  std::uint32_t stop = i;
  while (is_upper(r.flags(stop))) stop = r.next(stop);
  if (stop == i) return i;
  while (is_lower(r.flags(stop))) stop = r.next(stop);
  return stop;
}

std::uint32_t gpt4o_match(const Reader& r, std::uint32_t i) {
  const bool prefix = !(r.flags(i) & (Flag::letter | Flag::number)) && !r.line_end(i);
  for (const auto word : {capitals_then_small, capitals})
    for (const bool skip : {true, false}) {
      if (skip && !prefix) continue;
      const std::uint32_t begin = skip ? r.next(i) : i;
      if (const std::uint32_t stop = word(r, begin); stop > begin) return r.contraction(stop, true);
    }
  return other_match(r, i, 3, true);
}

template <std::uint32_t (*match)(const Reader&, std::uint32_t)>
void split_by(std::string_view text, std::uint32_t begin, std::uint32_t end,
              std::vector<Piece>& out) {
  const Reader reader{text, end};
  while (begin < end) {
    const std::uint32_t stop = match(reader, begin);
    out.push_back({begin, stop});
    begin = stop;
  }
}

}  // namespace

const char* const gpt2_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

FastSplit find_fast_split(std::string_view pattern) {
  static constexpr std::pair<std::string_view, FastSplit> known[] = {
      {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       split_by<llama3_match<3>>},
      {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       split_by<llama3_match<1>>},
      {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       split_by<gpt4o_match>}};
  if (pattern == gpt2_pattern) return split_by<gpt2_match>;
  for (const auto& [text, split] : known)
    if (pattern == text) return split;
  return nullptr;
}

}  // namespace fathom::text
