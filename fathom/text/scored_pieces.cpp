#include "fathom/text/scored_pieces.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "fathom/core/error.h"
#include "fathom/text/models.h"

namespace fathom::text {
namespace {

struct Both final : Normalizer {
  std::unique_ptr<Normalizer> first, second;
  void apply(AlignedText& text) const override {
    first->apply(text);
    second->apply(text);
  }
  OrderedJson json() const override {
    return {{"type", "Sequence"},
            {"normalizers", OrderedJson::array({first->json(), second->json()})}};
  }
};

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

constexpr const char* spm_decoder = R"({"decoder": {"type": "Sequence", "decoders": [
  {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
  {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}})";

}  // namespace

bool is_byte_name(std::string_view text) {
  return text.size() == 6 && text.starts_with("<0x") && text[5] == '>' &&
         std::isxdigit(static_cast<unsigned char>(text[3])) &&
         std::isxdigit(static_cast<unsigned char>(text[4]));
}

std::unique_ptr<Normalizer> in_sequence(std::unique_ptr<Normalizer> first,
                                        std::unique_ptr<Normalizer> second) {
  if (!first) return second;
  if (!second) return first;
  auto out = std::make_unique<Both>();
  out->first = std::move(first), out->second = std::move(second);
  return out;
}

Parts parts_of_pieces(const ScoredPieces& pieces, const SpmSettings& settings,
                      const std::string& path) {
  if (pieces.size() >= Vocabulary::id_limit)
    throw FormatError({.operation = "load tokenizer",
                       .problem = "too many pieces",
                       .received = {{"file", path}, {"pieces", std::to_string(pieces.size())}},
                       .expected = "less than 2^24"});
  Parts out = parts_of(spm_decoder);
  std::optional<std::uint32_t> unknown;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    const ScoredPiece& piece = pieces[id];
    if (piece.kind == PieceKind::unknown && !unknown) unknown = id;
    if (piece.kind == PieceKind::unknown || piece.kind == PieceKind::control)
      out.added.push_back({.content = piece.text, .normalized = false, .special = true});
    if (piece.kind == PieceKind::user_defined)
      out.added.push_back({.content = piece.text, .normalized = false});
  }
  // Blanks become marks before words.
  OrderedJson normalizers = OrderedJson::array();
  if (settings.remove_extra) {
    normalizers.push_back({{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}});
    normalizers.push_back(
        {{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}});
  }
  if (settings.add_prefix) normalizers.push_back({{"type", "Prepend"}, {"prepend", "▁"}});
  normalizers.push_back({{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}});
  const OrderedJson parts = {{"normalizer", {{"type", "Sequence"}, {"normalizers", normalizers}}}};
  out.normalizer = parts_of(parts.dump().c_str()).normalizer;
  if (settings.unigram) {
    ScoredTokens tokens;
    float least = 0;
    for (const ScoredPiece& piece : pieces)
      if (piece.kind == PieceKind::normal) least = std::min(least, piece.score);
    for (const ScoredPiece& piece : pieces) {
      // What text must not become is out of reach; the unknown's score follows from the least.
      const bool reached = piece.kind == PieceKind::normal || piece.kind == PieceKind::user_defined;
      tokens.emplace_back(piece.text, reached ? piece.score : 0.0);
    }
    out.model = make_unigram(std::move(tokens), {unknown, settings.byte_fallback});
    return out;
  }
  Vocabulary vocabulary;
  for (std::uint32_t id = 0; id < pieces.size(); ++id)
    if (!vocabulary.id(pieces[id].text)) vocabulary.set(pieces[id].text, id);
  std::vector<Merge> merges = merges_of(pieces, vocabulary);
  BpeOptions options;
  options.byte_fallback = settings.byte_fallback;
  options.fuse_unk = true;
  if (unknown) options.unk_token = pieces[*unknown].text;
  out.model = make_bpe(std::move(vocabulary), std::move(merges), std::move(options));
  return out;
}

}  // namespace fathom::text
