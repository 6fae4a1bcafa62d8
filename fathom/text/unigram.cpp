// The unigram model of SentencePiece: of all ways to cut a piece into tokens the likeliest (Kudo
// 2018), by dynamic programming over the ends of tokens.
#include <cmath>
#include <map>

#include "fathom/core/error.h"
#include "fathom/text/models.h"
#include "fathom/text/trie.h"
#include "fathom/text/workspace.h"

namespace fathom::text {
namespace {

constexpr double unknown_penalty = 10;

class Unigram final : public Model {
 public:
  Unigram(ScoredTokens tokens, UnigramOptions options)
      : tokens_(std::move(tokens)), options_(std::move(options)) {
    std::vector<std::pair<std::string_view, std::uint32_t>> keys;
    std::vector<bool> hides(tokens_.size());
    for (const std::uint32_t id : options_.hidden) hides[id] = true;
    double least = INFINITY;
    for (std::uint32_t id = 0; id < tokens_.size(); ++id) {
      if (hides[id])
        hidden_.emplace(tokens_[id].first, id);
      else
        keys.emplace_back(tokens_[id].first, id);
      least = std::min(least, tokens_[id].second);
      if (tokens_[id].first.empty()) empty_ = id;
    }
    trie_ = Trie(std::move(keys));
    unknown_score_ = least - unknown_penalty;
    if (options_.single) unknown_score_ = static_cast<float>(unknown_score_);
    ids_.resize(tokens_.size());
    for (std::uint32_t id = 0; id < ids_.size(); ++id) ids_[id] = id;
  }

  void tokenize(std::string_view piece, std::uint32_t at, Workspace& work,
                std::vector<Token>& out) const override {
    work.words.tokenize(piece, at, out, [&] { cut(piece, at, work, out); });
  }

  const std::string* token(std::uint32_t id) const override {
    return id < tokens_.size() ? &tokens_[id].first : nullptr;
  }
  const std::uint32_t* id(std::string_view token) const override {
    std::uint32_t id = token.empty() ? empty_ : trie_.find(token);
    if (id == Trie::none)
      if (const auto hidden = hidden_.find(token); hidden != hidden_.end()) id = hidden->second;
    return id == Trie::none ? nullptr : &ids_[id];
  }
  std::size_t size() const override { return tokens_.size(); }
  std::uint32_t id_end() const override { return static_cast<std::uint32_t>(tokens_.size()); }
  bool shows_text(std::uint32_t id) const override {
    return options_.unk_id && id == *options_.unk_id;
  }

  void write(std::string& out) const override {
    out += R"({"type":"Unigram","unk_id":)";
    out += options_.unk_id ? std::to_string(*options_.unk_id) : "null";
    out += ",\"vocab\":[";
    for (std::size_t i = 0; i < tokens_.size(); ++i)
      out += std::string(i > 0 ? "," : "") + "[" + in_quotes(tokens_[i].first) + "," +
             number_text(tokens_[i].second) + "]";
    out += std::string("],\"byte_fallback\":") + (options_.byte_fallback ? "true" : "false") + "}";
  }

 private:
  void cut(std::string_view piece, std::uint32_t at, Workspace& work,
           std::vector<Token>& out) const {
    const std::size_t before = out.size();
    find_best(piece, work.best);
    // From the end; unknown characters side by side are one token.
    for (auto end = static_cast<std::uint32_t>(piece.size()); end > 0;) {
      const Workspace::Best& best = work.best[end];
      const bool unknown = options_.unk_id && best.id == *options_.unk_id;
      if (unknown && out.size() > before && out.back().id == best.id &&
          out.back().begin == at + end)
        out.back().begin = at + best.begin;
      else
        out.push_back({best.id, at + best.begin, at + end});
      end = best.begin;
    }
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(before), out.end());
    if (options_.unk_id) name_unknown(piece, at, before, out);
  }

  void find_best(std::string_view piece, std::vector<Workspace::Best>& best) const {
    best.assign(piece.size() + 1, {0, 0, UINT32_MAX});
    for (std::size_t begin = 0; begin < piece.size();) {
      const double here = best[begin].score;
      const std::size_t length = length_of(piece[begin]);
      bool alone = false;  // whether the character by itself is a token
      const auto offer = [&](std::size_t end, double exact, std::uint32_t id) {
        Workspace::Best& target = best[end];
        const double score = options_.single ? static_cast<float>(exact) : exact;
        if (target.begin == UINT32_MAX || score > target.score)
          target = {score, id, static_cast<std::uint32_t>(begin)};
      };
      std::uint32_t node = Trie::root;
      for (std::size_t end = begin; end < piece.size();) {
        node = trie_.step(node, piece[end++]);
        if (node == Trie::none) break;
        if (const std::uint32_t id = trie_.value(node); id != Trie::none) {
          offer(end, tokens_[id].second + here, id);
          alone |= end - begin == length;
        }
      }
      if (!alone) {
        if (!options_.unk_id) no_unknown_token("Unigram", piece.substr(begin, length), "");
        offer(begin + length, unknown_score_ + here, *options_.unk_id);
      }
      begin += length;
    }
  }

  // What is unknown may be a token after all once it is one part; else it falls into bytes, if all
  // of them are tokens.
  void name_unknown(std::string_view piece, std::uint32_t at, std::size_t before,
                    std::vector<Token>& out) const {
    std::vector<Token> named;
    bool changed = false;
    for (std::size_t i = before; i < out.size(); ++i) {
      const Token token = out[i];
      named.push_back(token);
      if (token.id != *options_.unk_id) continue;
      const std::string_view text = piece.substr(token.begin - at, token.end - token.begin);
      if (const std::uint32_t* known = id(text)) {
        named.back().id = *known;
        changed = true;
        continue;
      }
      if (!options_.byte_fallback) continue;
      std::vector<Token> bytes;
      for (const char c : text) {
        static constexpr char digits[] = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        const char name[] = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
        const std::uint32_t* known = id({name, 6});
        if (!known) break;
        bytes.push_back({*known, token.begin, token.end});
      }
      if (bytes.size() != text.size()) continue;
      named.pop_back();
      named.insert(named.end(), bytes.begin(), bytes.end());
      changed = true;
    }
    if (!changed) return;
    out.resize(before);
    out.insert(out.end(), named.begin(), named.end());
  }

  ScoredTokens tokens_;
  UnigramOptions options_;
  Trie trie_;
  std::map<std::string_view, std::uint32_t> hidden_;
  std::vector<std::uint32_t> ids_;
  std::uint32_t empty_ = Trie::none;
  double unknown_score_ = 0;
};

}  // namespace

std::unique_ptr<Model> make_unigram(ScoredTokens tokens, UnigramOptions options) {
  if (options.unk_id && *options.unk_id >= tokens.size())
    throw FormatError({.operation = "Unigram",
                       .problem = "unk_id is not in the vocabulary",
                       .received = {{"unk_id", std::to_string(*options.unk_id)},
                                    {"tokens", std::to_string(tokens.size())}},
                       .expected = "unk_id < tokens"});
  for (const auto& [token, score] : tokens)
    if (!std::isfinite(score))
      throw FormatError({.operation = "Unigram",
                         .problem = "a score is not finite",
                         .received = {{"token", in_quotes(token)}},
                         .expected = "logarithms of probabilities"});
  return std::make_unique<Unigram>(std::move(tokens), std::move(options));
}

std::unique_ptr<Model> read_unigram(const Field& field) {
  ScoredTokens tokens;
  for (const Field& entry : field["vocab"].elements()) {
    const std::vector<Field> pair = entry.elements();
    if (pair.size() != 2) entry.fail("not a token with its score", "[text, number]");
    tokens.emplace_back(pair[0].text(), pair[1].number());
  }
  UnigramOptions options;
  if (const auto unknown = field.find("unk_id")) options.unk_id = unknown->count();
  options.byte_fallback = field.boolean_or("byte_fallback", false);
  return make_unigram(std::move(tokens), std::move(options));
}

}  // namespace fathom::text
