#include "fathom/text/words.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "fathom/core/error.h"
#include "fathom/text/unicode.h"
#include "fathom/text/utf8.h"

namespace fathom::text {

Words basic_english(std::string_view text, Where where) {
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos)
    throw FormatError({.operation = "basic_english",
                       .problem = "the text is not UTF-8",
                       .received = {{"at byte", std::to_string(bad)}},
                       .expected = "valid UTF-8",
                       .where = to_string(where)});
  Words out;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) out.push_back(std::move(word));
    word.clear();
  };
  constexpr std::string_view line_break = "<br />";
  const auto breaks = [&](std::size_t at) {
    return std::ranges::equal(text.substr(at, line_break.size()), line_break, {}, [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  };
  for (std::size_t i = 0; i < text.size();) {
    const char32_t c = decode(text.data() + i);
    if (breaks(i)) {
      end_word();
      i += line_break.size();
      continue;
    }
    i += length_of(text[i]);
    char32_t lower[2];
    const int letters = unicode::to_lower(c, lower);
    if (unicode::is(c, unicode::space) || (c >= 0x1C && c <= 0x1F) || c == ';' || c == ':') {
      end_word();
    } else if (c < 128 &&
               std::string_view(".,()!?'").find(static_cast<char>(c)) != std::string_view::npos) {
      end_word();
      out.emplace_back(1, static_cast<char>(c));
    } else if (c != '"') {
      for (int k = 0; k < letters; ++k) append_utf8(word, lower[k]);
    }
  }
  end_word();
  return out;
}

Words ngrams(const Words& words, std::size_t n, Where where) {
  if (n < 1)
    throw ValueError({.operation = "ngrams",
                      .problem = "n is too small",
                      .received = {{"n", "0"}},
                      .expected = "at least 1",
                      .where = to_string(where)});
  Words out = words;
  for (std::size_t length = 2; length <= std::min(n, words.size()); ++length)
    for (std::size_t i = 0; i + length <= words.size(); ++i) {
      std::string joined = words[i];
      for (std::size_t k = 1; k < length; ++k) joined += " " + words[i + k];
      out.push_back(std::move(joined));
    }
  return out;
}

Words without_stop_words(const Words& words, std::span<const std::string> stop_words) {
  const std::set<std::string_view> stop(stop_words.begin(), stop_words.end());
  Words out;
  std::ranges::copy_if(words, std::back_inserter(out),
                       [&](const std::string& word) { return !stop.contains(word); });
  return out;
}

Vocab::Vocab(std::span<const Words> texts, const VocabOptions& options)
    : default_index_(options.default_index) {
  std::map<std::string, std::size_t> counts;
  for (const Words& text : texts)
    for (const std::string& word : text) ++counts[word];
  for (const std::string& special : options.specials) counts.erase(special);
  std::vector<std::pair<std::string, std::size_t>> order(counts.begin(), counts.end());
  std::erase_if(order, [&](const auto& entry) { return entry.second < options.min_frequency; });
  std::ranges::stable_sort(order, std::greater<>{}, [](const auto& entry) { return entry.second; });
  const std::size_t specials = options.specials.size();
  if (options.max_size > 0 && order.size() + specials > options.max_size)
    order.resize(options.max_size > specials ? options.max_size - specials : 0);
  const auto put_specials = [&] {
    for (const std::string& word : options.specials) put(word);
  };
  if (options.specials_first) put_specials();
  for (const auto& [word, count] : order) put(word);
  if (!options.specials_first) put_specials();
}

Vocab Vocab::of(const Words& words, std::optional<std::int64_t> default_index) {
  Vocab vocab({}, {.default_index = default_index});
  for (const std::string& word : words) vocab.put(word);
  return vocab;
}

void Vocab::put(const std::string& word) {
  if (ids_.emplace(word, static_cast<std::int64_t>(words_.size())).second) words_.push_back(word);
}

std::int64_t Vocab::id(const std::string& word, Where where) const {
  const auto at = ids_.find(word);
  if (at != ids_.end()) return at->second;
  if (default_index_) return *default_index_;
  throw IndexError({.operation = "Vocab::id",
                    .problem = "a word that is not in the vocabulary",
                    .received = {{"word", word}, {"words", std::to_string(size())}},
                    .hint = "default_index is the id of unknown words",
                    .where = to_string(where)});
}

std::vector<std::int64_t> Vocab::ids(const Words& words, Where where) const {
  std::vector<std::int64_t> out;
  out.reserve(words.size());
  for (const std::string& word : words) out.push_back(id(word, where));
  return out;
}

const std::string& Vocab::word(std::int64_t id, Where where) const {
  if (id < 0 || static_cast<std::size_t>(id) >= words_.size())
    throw IndexError({.operation = "Vocab::word",
                      .problem = "the id is out of range",
                      .received = {{"id", std::to_string(id)}},
                      .expected = "a number in [0, " + std::to_string(words_.size()) + ")",
                      .where = to_string(where)});
  return words_[static_cast<std::size_t>(id)];
}

TfIdf::TfIdf(std::span<const Words> documents, const TfIdfOptions& options, Where where)
    : options_(options) {
  std::map<std::string, std::size_t> counts;  // documents with a term
  for (const Words& document : documents)
    for (const std::string& term : std::set<std::string>(document.begin(), document.end()))
      ++counts[term];
  const auto n = static_cast<double>(documents.size());
  for (const auto& [term, count] : counts) {
    if (count < options.min_documents || static_cast<double>(count) > options.max_share * n)
      continue;
    places_.emplace(term, terms_.size());
    terms_.push_back(term);
    const double smooth = options.smooth_idf ? 1 : 0;
    idf_.push_back(
        options.use_idf ? std::log((n + smooth) / (static_cast<double>(count) + smooth)) + 1 : 1);
  }
  if (terms_.empty())
    throw ValueError({.operation = "TfIdf",
                      .problem = "no term is left",
                      .received = {{"documents", std::to_string(documents.size())},
                                   {"terms before", std::to_string(counts.size())}},
                      .expected = "a term within min_documents and max_share",
                      .where = to_string(where)});
}

Tensor TfIdf::operator()(std::span<const Words> documents) const {
  std::vector<double> out(documents.size() * terms_.size(), 0);
  for (std::size_t row = 0; row < documents.size(); ++row) {
    const std::span<double> weights = std::span(out).subspan(row * terms_.size(), terms_.size());
    for (const std::string& term : documents[row])
      if (const auto at = places_.find(term); at != places_.end()) weights[at->second] += 1;
    double squares = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) continue;
      if (options_.sublinear_tf) weights[i] = 1 + std::log(weights[i]);
      weights[i] *= idf_[i];
      squares += weights[i] * weights[i];
    }
    if (options_.normalize && squares > 0)
      for (double& weight : weights) weight /= std::sqrt(squares);
  }
  return Tensor::from(
      out, {static_cast<std::int64_t>(documents.size()), static_cast<std::int64_t>(terms_.size())});
}

}  // namespace fathom::text
