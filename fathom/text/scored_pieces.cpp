#include "fathom/text/scored_pieces.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <nlohmann/json.hpp>

#include "fathom/core/error.h"
#include "fathom/text/base64.h"
#include "fathom/text/models.h"
#include "fathom/text/trie.h"

namespace fathom::text {
namespace {

// All merges that make a piece, the piece with the best score first; merges that make pieces of one
// score are of one rank, so that the leftmost in a text is done first.
std::vector<Merge> merges_of(const ScoredPieces& pieces, const Vocabulary& vocabulary) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t id = 0; id < pieces.size(); ++id)
    if (pieces[id].kind == PieceKind::normal || pieces[id].kind == PieceKind::user_defined)
      order.push_back(id);
  std::ranges::stable_sort(
      order, [&](std::uint32_t a, std::uint32_t b) { return pieces[a].score > pieces[b].score; });
  std::vector<Merge> out;
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && pieces[order[i]].score != pieces[order[i - 1]].score) ++rank;
    const std::string_view text = pieces[order[i]].text;
    for (std::size_t cut = 1; cut < text.size() && text.size() < 1024; ++cut) {
      if (is_continuation(text[cut])) continue;
      const std::uint32_t* left = vocabulary.id(text.substr(0, cut));
      const std::uint32_t* right = vocabulary.id(text.substr(cut));
      if (left && right) out.push_back({*left, *right, order[i], rank});
    }
  }
  return out;
}

OrderedJson decoder_json(const SpmSettings& settings) {
  OrderedJson list =
      OrderedJson::array({{{"type", "Replace"}, {"pattern", {{"String", "▁"}}}, {"content", " "}},
                          {{"type", "ByteFallback"}},
                          {{"type", "Fuse"}}});
  // Of the blanks at the start: that of the prefix, or all, as the library does.
  const int blanks = !settings.charsmap ? 1 : settings.remove_extra ? 1 << 20 : settings.add_prefix;
  if (blanks > 0)
    list.push_back({{"type", "Strip"}, {"content", " "}, {"start", blanks}, {"stop", 0}});
  return {{"type", "Sequence"}, {"decoders", list}};
}

OrderedJson normalizer_json(const SpmSettings& settings) {
  OrderedJson list = OrderedJson::array();
  if (settings.charsmap && !settings.charsmap->empty())
    list.push_back(
        {{"type", "Precompiled"}, {"precompiled_charsmap", to_base64(*settings.charsmap)}});
  if (settings.remove_extra) {
    list.push_back({{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}});
    list.push_back({{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}});
  }
  if (settings.add_prefix) list.push_back({{"type", "Prepend"}, {"prepend", "▁"}});
  list.push_back({{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}});
  return {{"type", "Sequence"}, {"normalizers", list}};
}

/// Cuts a text at user-defined symbols, which become their tokens.
class SymbolSplit final : public PreTokenizer {
 public:
  explicit SymbolSplit(std::vector<std::pair<std::string, std::uint32_t>> symbols)
      : symbols_(std::move(symbols)) {
    std::vector<std::pair<std::string_view, std::uint32_t>> keys;
    for (const auto& [text, id] : symbols_) keys.emplace_back(text, id);
    trie_ = Trie(std::move(keys));
  }

  void split(Pieces& pieces) const override {
    const std::string_view now = pieces.text.now();
    std::vector<Piece> out;
    for (const Piece& piece : pieces.list) {
      std::uint32_t last = piece.begin;
      const auto rest_to = [&](std::uint32_t end) {
        if (last < end) out.push_back({last, end});
      };
      for (std::uint32_t at = piece.begin; piece.added == Piece::none && at < piece.end;) {
        std::uint32_t node = Trie::root, found = Trie::none, end = at;
        for (std::uint32_t i = at; i < piece.end;) {
          node = trie_.step(node, now[i++]);
          if (node == Trie::none) break;
          if (trie_.value(node) != Trie::none) found = trie_.value(node), end = i;
        }
        if (found == Trie::none) {
          at += static_cast<std::uint32_t>(length_of(now[at]));
          continue;
        }
        rest_to(at);
        out.push_back({at, end, found});
        last = at = end;
      }
      if (piece.added == Piece::none)
        rest_to(piece.end);
      else
        out.push_back(piece);
    }
    pieces.list = std::move(out);
  }

  OrderedJson json() const override {
    std::string pattern;
    for (const auto& [text, id] : symbols_) {
      pattern += pattern.empty() ? "" : "|";
      for (const char c : text)
        pattern +=
            std::strchr("\\^$.|?*+()[]{}", c) && c != 0 ? std::string{'\\', c} : std::string(1, c);
    }
    return {{"type", "Split"},
            {"pattern", {{"Regex", pattern}}},
            {"behavior", "Isolated"},
            {"invert", false}};
  }

 private:
  std::vector<std::pair<std::string, std::uint32_t>> symbols_;
  Trie trie_;
};

std::unique_ptr<Model> unigram_of(const ScoredPieces& pieces, const SpmSettings& settings,
                                  std::optional<std::uint32_t> unknown) {
  ScoredTokens tokens;
  UnigramOptions options{.unk_id = unknown, .byte_fallback = settings.byte_fallback};
  options.single = settings.charsmap.has_value();
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    const ScoredPiece& piece = pieces[id];
    const bool symbol = piece.kind == PieceKind::user_defined;
    const bool reached = piece.kind == PieceKind::normal || symbol;
    if (!reached) options.hidden.push_back(id);
    // A symbol's score is measured of SentencePiece 0.2.3: it grows with the bytes, so that hardly
    // any other way to cut a text is better.
    const double score = symbol && settings.charsmap
                             ? 0.1 * (static_cast<double>(piece.text.size()) - 1)
                             : piece.score;
    tokens.emplace_back(piece.text, reached ? score : 0);
  }
  return make_unigram(std::move(tokens), std::move(options));
}

}  // namespace

bool is_byte_name(std::string_view text) {
  return text.size() == 6 && text.starts_with("<0x") && text[5] == '>' &&
         std::isxdigit(static_cast<unsigned char>(text[3])) &&
         std::isxdigit(static_cast<unsigned char>(text[4]));
}

Parts parts_of_pieces(const ScoredPieces& pieces, const SpmSettings& settings,
                      const std::string& path) {
  if (pieces.size() >= Vocabulary::id_limit)
    throw FormatError({.operation = "load tokenizer",
                       .problem = "too many pieces",
                       .received = {{"file", path}, {"pieces", std::to_string(pieces.size())}},
                       .expected = "less than 2^24"});
  const OrderedJson normalizer = normalizer_json(settings);
  const OrderedJson parts = {{"normalizer", normalizer}, {"decoder", decoder_json(settings)}};
  Parts out = parts_of(parts.dump().c_str());
  std::optional<std::uint32_t> unknown;
  std::vector<std::pair<std::string, std::uint32_t>> symbols;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    const ScoredPiece& piece = pieces[id];
    if (piece.kind == PieceKind::unknown && !unknown) unknown = id;
    if (piece.kind == PieceKind::unknown || piece.kind == PieceKind::control)
      out.added.push_back({.content = piece.text, .normalized = false, .special = true});
    if (piece.kind == PieceKind::user_defined && settings.charsmap)
      symbols.emplace_back(piece.text, id);
    else if (piece.kind == PieceKind::user_defined)
      out.added.push_back({.content = piece.text, .normalized = false});
  }
  if (settings.charsmap) {
    std::vector<std::string> texts;
    for (const auto& [text, id] : symbols) texts.push_back(text);
    out.normalizer =
        make_sentencepiece_normalizer(settings, texts, *settings.charsmap, path, normalizer);
    if (!settings.unigram && !symbols.empty())
      out.pre_tokenizer = std::make_unique<SymbolSplit>(symbols);
  }
  if (settings.unigram) {
    out.model = unigram_of(pieces, settings, unknown);
    return out;
  }
  Vocabulary vocabulary;
  for (std::uint32_t id = 0; id < pieces.size(); ++id)
    if (!vocabulary.id(pieces[id].text)) vocabulary.set(pieces[id].text, id);
  std::vector<Merge> merges;
  if (settings.merges) merges = merges_of(pieces, vocabulary);
  BpeOptions options;
  options.byte_fallback = settings.byte_fallback;
  options.fuse_unk = true;
  if (unknown) options.unk_token = pieces[*unknown].text;
  out.model = make_bpe(std::move(vocabulary), std::move(merges), std::move(options));
  return out;
}

}  // namespace fathom::text
