// The models that look words up: WordLevel whole ones, WordPiece the longest pieces from the left.
#include "fathom/text/models.h"

#include "fathom/core/error.h"
#include "fathom/text/trie.h"
#include "fathom/text/workspace.h"

namespace fathom::text {
namespace {

/// What models with a vocabulary of their own answer about it.
class VocabularyModel : public Model {
 public:
  explicit VocabularyModel(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  const std::string* token(std::uint32_t id) const final { return vocabulary_.token(id); }
  const std::uint32_t* id(std::string_view token) const final { return vocabulary_.id(token); }
  std::size_t size() const final { return vocabulary_.size(); }
  std::uint32_t id_end() const final { return vocabulary_.id_end(); }

 protected:
  Vocabulary vocabulary_;
};

class WordLevel final : public VocabularyModel {
 public:
  WordLevel(Vocabulary vocabulary, WordLevelOptions options)
      : VocabularyModel(std::move(vocabulary)), options_(std::move(options)) {}

  void tokenize(std::string_view piece, std::uint32_t at, Workspace&,
                std::vector<Token>& out) const override {
    const std::uint32_t* id = vocabulary_.id(piece);
    if (!id) id = vocabulary_.id(options_.unk_token);
    if (!id) no_unknown_token("WordLevel", piece, options_.unk_token);
    out.push_back({*id, at, at + static_cast<std::uint32_t>(piece.size())});
  }
  void write(std::string& out) const override {
    out += R"({"type":"WordLevel","vocab":)";
    vocabulary_.write(out);
    out += ",\"unk_token\":" + in_quotes(options_.unk_token) + "}";
  }

 private:
  WordLevelOptions options_;
};

class WordPiece final : public VocabularyModel {
 public:
  WordPiece(Vocabulary vocabulary, WordPieceOptions options)
      : VocabularyModel(std::move(vocabulary)), options_(std::move(options)) {
    std::vector<std::pair<std::string_view, std::uint32_t>> keys;
    for (std::uint32_t id = 0; id < vocabulary_.id_end(); ++id)
      if (const std::string* token = vocabulary_.token(id)) keys.emplace_back(*token, id);
    trie_ = Trie(std::move(keys));
    continuing_ = trie_.walk(Trie::root, options_.continuing_subword_prefix);
  }

  void tokenize(std::string_view piece, std::uint32_t at, Workspace&,
                std::vector<Token>& out) const override {
    const std::size_t before = out.size();
    const bool too_long = piece.size() > options_.max_input_chars_per_word &&
                          count_characters(piece) > options_.max_input_chars_per_word;
    std::size_t begin = 0;
    while (!too_long && begin < piece.size()) {
      std::uint32_t node = begin == 0 ? Trie::root : continuing_, id = Trie::none;
      std::size_t end = begin;
      for (std::size_t i = begin; i < piece.size() && node != Trie::none; ++i) {
        node = trie_.step(node, piece[i]);
        if (node != Trie::none && trie_.value(node) != Trie::none)
          id = trie_.value(node), end = i + 1;
      }
      if (id == Trie::none) break;
      out.push_back(
          {id, static_cast<std::uint32_t>(at + begin), static_cast<std::uint32_t>(at + end)});
      begin = end;
    }
    if (begin == piece.size()) return;
    out.resize(before);
    const std::uint32_t* unknown = vocabulary_.id(options_.unk_token);
    if (!unknown) no_unknown_token("WordPiece", piece, options_.unk_token);
    out.push_back({*unknown, at, at + static_cast<std::uint32_t>(piece.size())});
  }
  void write(std::string& out) const override {
    out += R"({"type":"WordPiece","unk_token":)" + in_quotes(options_.unk_token);
    out += ",\"continuing_subword_prefix\":" + in_quotes(options_.continuing_subword_prefix);
    out += ",\"max_input_chars_per_word\":" + std::to_string(options_.max_input_chars_per_word);
    out += ",\"vocab\":";
    vocabulary_.write(out);
    out += '}';
  }

 private:
  WordPieceOptions options_;
  Trie trie_;
  std::uint32_t continuing_ = Trie::none;
};

}  // namespace

void no_unknown_token(const char* model, std::string_view piece, std::string_view unk_token) {
  throw ValueError({.operation = "encode",
                    .problem = "a piece has no token, and there is none for the unknown",
                    .received = {{"model", model},
                                 {"piece", in_quotes(piece.substr(0, 80))},
                                 {"unknown token", in_quotes(unk_token)}},
                    .expected = "the unknown token in the vocabulary"});
}

std::unique_ptr<Model> make_word_level(Vocabulary vocabulary, WordLevelOptions options) {
  return std::make_unique<WordLevel>(std::move(vocabulary), std::move(options));
}
std::unique_ptr<Model> make_word_piece(Vocabulary vocabulary, WordPieceOptions options) {
  return std::make_unique<WordPiece>(std::move(vocabulary), std::move(options));
}

std::unique_ptr<Model> read_model(const Field& field) {
  // Old files do not name the type: what they have tells.
  std::string type = field.text_or("type", "");
  if (type.empty()) {
    if (field.find("merges"))
      type = "BPE";
    else if (field.find("max_input_chars_per_word"))
      type = "WordPiece";
    else
      type = field["vocab"].is_array() ? "Unigram" : "WordLevel";
  }
  if (type == "BPE") return read_bpe(field);
  if (type == "Unigram") return read_unigram(field);
  if (type == "WordLevel")
    return make_word_level(Vocabulary::read(field["vocab"]), {field["unk_token"].text()});
  if (type == "WordPiece")
    return make_word_piece(Vocabulary::read(field["vocab"]),
                           {field["unk_token"].text(), field["continuing_subword_prefix"].text(),
                            field["max_input_chars_per_word"].count()});
  field.unknown_type("model", "BPE, Unigram, WordPiece or WordLevel");
}

}  // namespace fathom::text
