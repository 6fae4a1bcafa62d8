#include "fathom/text/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "fathom/text/unicode_data.h"
#include "fathom/text/utf8.h"

namespace fathom::text::unicode {
namespace {

bool within(std::span<const Range> ranges, char32_t c) {
  const auto at = std::ranges::upper_bound(ranges, c, {}, &Range::first);
  return at != ranges.begin() && c <= std::prev(at)->last;
}

int category_of(char32_t c) {
  const int known = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  for (const CategoryRange& r : later_categories)
    if (c >= r.first && c <= r.last) return r.category;
  return known;
}

bool is_white_space(char32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_ideograph(char32_t c) {
  static constexpr Range blocks[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},
                                     {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F},
                                     {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}};
  return within(blocks, c);
}

// The blocks that were asked for; 0x110000 characters at most.
std::atomic<const std::uint16_t*> blocks[0x1100];

}  // namespace

std::uint16_t compute_flags(char32_t c) {
  const int category = category_of(c);
  const auto among = [&](int first, int last) { return category >= first && category <= last; };
  const bool is_letter = among(UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
  const bool is_number = among(UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO);
  const bool is_mark = among(UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME);
  const bool ascii_symbol = c < 128 && among(UTF8PROC_CATEGORY_SM, UTF8PROC_CATEGORY_SO);
  const bool is_word = is_letter || is_mark || category == UTF8PROC_CATEGORY_ND ||
                       category == UTF8PROC_CATEGORY_NL || category == UTF8PROC_CATEGORY_PC;
  const bool is_other = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
                        category == UTF8PROC_CATEGORY_CO;
  const bool is_punctuation = among(UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO) || ascii_symbol;
  unsigned out = 0;
  const auto set = [&](Flag flag, bool value) {
    if (value) out |= flag;
  };
  set(letter, is_letter);
  set(number, is_number);
  set(mark, is_mark);
  set(upper, category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT);
  set(lower, category == UTF8PROC_CATEGORY_LL);
  set(space, is_white_space(c));
  set(word, is_word != within(word_differences, c));
  set(numeric, is_number != within(numeric_differences, c));
  set(punctuation, is_punctuation != within(punctuation_differences, c));
  set(nonspacing, (category == UTF8PROC_CATEGORY_MN) != within(nonspacing_differences, c));
  set(combining, is_mark != within(mark_differences, c));
  set(other, is_other != within(other_differences, c));
  set(chinese, is_ideograph(c));
  return static_cast<std::uint16_t>(out);
}

std::uint16_t ascii_flags[128];
namespace {
const bool ascii_is_set = [] {
  for (char32_t c = 0; c < 128; ++c) ascii_flags[c] = compute_flags(c);
  return true;
}();
}  // namespace

const std::uint16_t* flags_block(std::uint32_t block) {
  const std::uint16_t* known = blocks[block].load(std::memory_order_acquire);
  if (known) return known;
  auto made = std::make_unique<std::uint16_t[]>(256);
  for (char32_t i = 0; i < 256; ++i) made[i] = compute_flags(block << 8 | i);
  if (blocks[block].compare_exchange_strong(known, made.get(), std::memory_order_acq_rel))
    return made.release();  // for as long as the process lives
  return known;
}

int to_lower(char32_t c, char32_t (&to)[2]) {
  if (c < 128) {
    to[0] = c >= 'A' && c <= 'Z' ? c + 32 : c;
    return 1;
  }
  const auto at = std::ranges::lower_bound(lowercase_differences, c, {}, &CaseChange::from);
  if (at != lowercase_differences.end() && at->from == c) {
    to[0] = at->first, to[1] = at->second;
    return at->second ? 2 : 1;
  }
  to[0] = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  return 1;
}

std::uint32_t script_class(char32_t c) {
  const auto at = std::ranges::upper_bound(script_runs, c, {}, &ScriptRun::first);
  return at == script_runs.begin() ? 0 : std::prev(at)->script;
}

namespace {

int combining_class(char32_t c) {
  const int known = utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
  return known == 0 || within(unordered, c) ? 0 : known;
}

struct Ordered {
  char32_t c;
  int change, combining;
};

// Characters taken apart and put into canonical order.
std::vector<Ordered> decomposed(bool compatible, std::u32string_view text) {
  std::vector<Ordered> out;
  out.reserve(text.size() + text.size() / 4);
  std::size_t pending = 0;  // where the characters begin that are still to be sorted
  const auto sort_pending = [&] {
    std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(pending), out.end(),
                     [](const Ordered& a, const Ordered& b) { return a.combining < b.combining; });
    pending = out.size();
  };
  for (const char32_t c : text) {
    utf8proc_int32_t parts[64];
    int boundary = 0, count = 1;
    if (c < 128 || within(undecomposed, c))
      parts[0] = static_cast<utf8proc_int32_t>(c);
    else
      count = static_cast<int>(utf8proc_decompose_char(
          static_cast<utf8proc_int32_t>(c), parts, 64,
          static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE |
                                         (compatible ? UTF8PROC_COMPAT : UTF8PROC_STABLE)),
          &boundary));
    for (int i = 0; i < count; ++i) {
      const auto part = static_cast<char32_t>(parts[i]);
      const int combining = part < 0x300 ? 0 : combining_class(part);
      if (combining == 0 && pending < out.size()) sort_pending();
      if (combining == 0) pending = out.size() + 1;
      out.push_back({part, i == 0 ? 0 : 1, combining});
    }
  }
  if (pending < out.size()) sort_pending();
  return out;
}

// The character that two make, or 0.
char32_t composed_pair(char32_t a, char32_t b) {
  utf8proc_int32_t pair[2] = {static_cast<utf8proc_int32_t>(a), static_cast<utf8proc_int32_t>(b)};
  if (b < 0x300) return 0;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  if (utf8proc_normalize_utf32(pair, 2, options) != 1) return 0;
  return within(undecomposed, static_cast<char32_t>(pair[0])) ? 0 : static_cast<char32_t>(pair[0]);
}

}  // namespace

std::vector<Changed> normal_form(Form form, std::u32string_view text) {
  const std::vector<Ordered> parts = decomposed(form == Form::nfkc || form == Form::nfkd, text);
  std::vector<Changed> out;
  out.reserve(parts.size());
  const bool compose = form == Form::nfc || form == Form::nfkc;
  std::size_t starter = SIZE_MAX;  // in `out`: what the next characters may join
  int last_class = -1;             // of what lies between the starter and the next character
  for (const Ordered& part : parts) {
    if (compose && starter != SIZE_MAX && (last_class < part.combining)) {
      if (const char32_t joined = composed_pair(out[starter].c, part.c)) {
        out[starter].c = joined;
        out[starter].change += part.change - 1;
        continue;
      }
    }
    if (part.combining == 0)
      starter = out.size(), last_class = -1;
    else
      last_class = part.combining;
    out.push_back({part.c, part.change});
  }
  return out;
}

std::size_t grapheme_length(std::string_view text) {
  utf8proc_int32_t state = 0;
  std::size_t at = length_of(text[0]);
  char32_t before = decode(text.data());
  while (at < text.size()) {
    const char32_t c = decode(text.data() + at);
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before),
                                         static_cast<utf8proc_int32_t>(c), &state))
      break;
    before = c;
    at += length_of(text[at]);
  }
  return at;
}

}  // namespace fathom::text::unicode
