#define PCRE2_CODE_UNIT_WIDTH 8
#include "fathom/text/regex.h"

#include <fmt/core.h>
#include <pcre2.h>

#include "fathom/core/error.h"
#include "fathom/text/unicode_data.h"
#include "fathom/text/utf8.h"

namespace fathom::text {
namespace {

constexpr const char* unicode_space =
    "\\t-\\r "
    "\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";
// Characters of a category (L, Nd) that PCRE2 does not know yet, as parts of a set.
std::string later_characters(std::string_view category) {
  std::string out;
  for (const unicode::CategoryRange& range : unicode::later_categories)
    if (unicode::category_name(range.category).starts_with(category))
      out += fmt::format("\\x{{{:x}}}-\\x{{{:x}}}", static_cast<std::uint32_t>(range.first),
                         static_cast<std::uint32_t>(range.last));
  return out;
}
// A category as part of a set.
std::string category_set(std::string_view category) {
  return "\\p{" + std::string(category) + "}" + later_characters(category);
}

const std::string& unicode_word_set() {
  static const std::string set = "\\p{Alphabetic}" + later_characters("L") + category_set("M") +
                                 category_set("Nd") + category_set("Pc");
  return set;
}

// The bracket expressions that mean more in Oniguruma, as parts of a set; "" for others.
std::string posix_set(std::string_view name) {
  if (name == "alpha") return "\\p{Alphabetic}" + later_characters("L");
  if (name == "alnum") return "\\p{Alphabetic}" + later_characters("L") + category_set("Nd");
  if (name == "digit") return category_set("Nd");
  if (name == "space") return unicode_space;
  if (name == "upper") return "\\p{Uppercase}" + later_characters("Lu");
  if (name == "lower") return "\\p{Lowercase}" + later_characters("Ll");
  if (name == "word") return unicode_word_set();
  return name == "xdigit" ? "0-9a-fA-F" : "";
}

// Where a word begins or ends, or where none does.
std::string word_edge(bool inverted) {
  const std::string word = "[" + unicode_word_set() + "]";
  const std::string after = "(?<=" + word + ")", not_after = "(?<!" + word + ")",
                    before = "(?=" + word + ")", not_before = "(?!" + word + ")";
  return inverted ? "(?:" + after + before + "|" + not_after + not_before + ")"
                  : "(?:" + after + not_before + "|" + not_after + before + ")";
}

// The category of \p{L} or \P{Lu}, whose letter stands at i; "" for other properties.
std::string_view category_at(std::string_view pattern, std::size_t i) {
  if ((pattern[i] != 'p' && pattern[i] != 'P') || pattern.substr(i + 1, 1) != "{") return "";
  const std::size_t end = pattern.find('}', i);
  if (end == std::string_view::npos || end - i < 3 || end - i > 4) return "";
  return pattern.substr(i + 2, end - i - 2);
}

// Ruby's syntax in PCRE2's.
std::string translated(const std::string& pattern) {
  std::string out;
  int depth = 0;  // of square brackets
  const auto unsupported = [&](const char* what) {
    throw UnsupportedError({.operation = "regular expression",
                            .problem = what,
                            .received = {{"pattern", pattern}},
                            .expected = "sets without sets inside"});
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      const char next = pattern[++i];
      const auto set = [&](const std::string& content, bool inverted) {
        if (depth == 0)
          out += (inverted ? "[^" : "[") + content + "]";
        else if (!inverted)
          out += content;
        else
          out += {'\\', next};
      };
      if (next == 's' || next == 'S')
        set(unicode_space, next == 'S');
      else if (next == 'w' || next == 'W')
        set(unicode_word_set(), next == 'W');
      else if (next == 'd')
        set(category_set("Nd"), false);
      else if (const auto name = category_at(pattern, i); !name.empty()) {
        // \p{L}, and in a set \P{L} only if nothing came later.
        if (next == 'p' || depth == 0)
          set(category_set(name), next == 'P');
        else
          out += pattern.substr(i - 1, name.size() + 4);
        i += name.size() + 2;
      } else if (next == 'h' || next == 'H')
        set("0-9a-fA-F", next == 'H');
      else if (depth == 0 && (next == 'b' || next == 'B'))
        out += word_edge(next == 'B');
      else
        out += {'\\', next};
    } else if (c == '[') {
      const bool posix = depth > 0 && i + 1 < pattern.size() && pattern[i + 1] == ':';
      if (posix) {
        const std::size_t end = pattern.find(":]", i);
        if (end == std::string::npos) unsupported("a set inside of a set");
        const std::string set = posix_set(std::string_view(pattern).substr(i + 2, end - i - 2));
        out += set.empty() ? pattern.substr(i, end + 2 - i) : set;
        i = end + 1;
        continue;
      }
      if (depth++ > 0) unsupported("a set inside of a set");
      out += c;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') out += pattern[++i];
    } else if (c == ']' && depth > 0) {
      --depth;
      out += c;
    } else if (depth > 0 && c == '&' && i + 1 < pattern.size() && pattern[i + 1] == '&') {
      unsupported("an intersection of sets");
    } else if (depth == 0 && c == '(' && pattern.compare(i, 2, "(?") == 0) {
      // Flags: Ruby's m is PCRE2's s.
      out += "(?";
      for (i += 2; i < pattern.size(); ++i) {
        const char flag = pattern[i];
        if (flag != 'i' && flag != 'm' && flag != 'x' && flag != '-') break;
        out += flag == 'm' ? 's' : flag;
      }
      --i;
    } else {
      out += c;
    }
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_ascii(c) && !std::isalnum(static_cast<unsigned char>(c)) && c != '\0') out += '\\';
    if (c == '\0')
      out += "\\x{0}";
    else
      out += c;
  }
  return out;
}

// What a thread matches with.
struct MatchMemory {
  pcre2_match_data* data = pcre2_match_data_create(32, nullptr);
  pcre2_match_context* context = pcre2_match_context_create(nullptr);
  pcre2_jit_stack* stack = pcre2_jit_stack_create(32 << 10, 8 << 20, nullptr);
  MatchMemory() {
    pcre2_jit_stack_assign(context, nullptr, stack);
    pcre2_set_match_limit(context, 50'000'000);
    pcre2_set_heap_limit(context, 256 << 10);  // KiB
  }
  ~MatchMemory() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_jit_stack_free(stack);
  }
};

std::string pcre2_text(int code) {
  PCRE2_UCHAR text[256];
  pcre2_get_error_message(code, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

}  // namespace

struct Regex::Code {
  pcre2_code* code = nullptr;
  ~Code() { pcre2_code_free(code); }
};

Regex::Regex(const std::string& pattern) : Regex(pattern, translated(pattern)) {}
Regex Regex::literal(std::string_view text) { return {std::string(text), escaped(text)}; }

Regex::Regex(std::string pattern, std::string translated) : pattern_(std::move(pattern)) {
  pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE place = 0;
  auto code = std::make_shared<Code>();
  code->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                             PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C,
                             &error, &place, context);
  pcre2_compile_context_free(context);
  if (!code->code)
    throw FormatError({.operation = "regular expression",
                       .problem = pcre2_text(error),
                       .received = {{"pattern", pattern_}, {"at", std::to_string(place)}},
                       .expected = "a pattern of Oniguruma's Ruby syntax"});
  pcre2_jit_compile(code->code, PCRE2_JIT_COMPLETE);  // if it cannot, the interpreter runs
  code_ = std::move(code);
}

void Regex::for_each(std::string_view text, FunctionRef<void(std::size_t, std::size_t)> f) const {
  thread_local MatchMemory memory;
  std::size_t from = 0, last_end = SIZE_MAX;
  while (from <= text.size()) {
    const int found =
        pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                    PCRE2_NO_UTF_CHECK, memory.data, memory.context);
    if (found == PCRE2_ERROR_NOMATCH) return;
    if (found < 0)
      throw ValueError(
          {.operation = "regular expression",
           .problem = pcre2_text(found),
           .received = {{"pattern", pattern_}, {"text", std::to_string(text.size()) + " bytes"}}});
    const PCRE2_SIZE* place = pcre2_get_ovector_pointer(memory.data);
    const std::size_t begin = place[0], end = place[1];
    if (begin == end && end == last_end) {
      from = end < text.size() ? end + length_of(text[end]) : end + 1;
      continue;
    }
    from = last_end = end;
    f(begin, end);
  }
}

}  // namespace fathom::text
