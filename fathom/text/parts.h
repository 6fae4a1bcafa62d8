// Private to fathom/text: the parts of a tokenizer. A text is normalised, split into pieces, each
// piece becomes tokens by the model, and special tokens are put around; a decoder goes back.
// Each part is read from its object in a tokenizer.json and writes it again.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/text/aligned_text.h"
#include "fathom/text/encoding.h"
#include "fathom/text/fields.h"

namespace fathom::text {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void apply(AlignedText& text) const = 0;
  virtual OrderedJson json() const = 0;
};
std::unique_ptr<Normalizer> read_normalizer(const Field& field);

/// A part of the text: bytes [begin, end) of `Pieces::text`; an added token's is not split further.
struct Piece {
  std::uint32_t begin = 0, end = 0;
  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t added = none;  ///< the added token's id
};

/// A text in pieces.
struct Pieces {
  AlignedText text;
  std::vector<Piece> list;
  std::string_view of(const Piece& piece) const {
    return text.now().substr(piece.begin, piece.end - piece.begin);
  }
};

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void split(Pieces& pieces) const = 0;
  virtual OrderedJson json() const = 0;
  /// Leaves bytes as they are where they would become characters of the byte-level alphabet, if
  /// that is the last thing that happens to a piece: whether it is. The model then takes bytes.
  virtual bool leave_bytes() { return false; }
};
std::unique_ptr<PreTokenizer> read_pre_tokenizer(const Field& field);

/// A token of a piece: bytes [begin, end) of the text that was split.
struct Token {
  std::uint32_t id = 0, begin = 0, end = 0;
};

/// Memory that models use again from piece to piece; one for each thread.
struct Workspace;

class Model {
 public:
  virtual ~Model() = default;
  /// Appends the tokens of a piece that begins at byte `at`. Errors: ValueError for what has no
  /// token where there is none for the unknown.
  virtual void tokenize(std::string_view piece, std::uint32_t at, Workspace& work,
                        std::vector<Token>& out) const = 0;
  virtual const std::string* token(std::uint32_t id) const = 0;
  virtual const std::uint32_t* id(std::string_view token) const = 0;
  /// Tokens.
  virtual std::size_t size() const = 0;
  /// One more than the largest id.
  virtual std::uint32_t id_end() const = 0;
  /// Whether a token of this id is shown as the text that it stands for.
  virtual bool shows_text(std::uint32_t) const { return false; }
  /// Takes pieces as bytes instead of characters of the byte-level alphabet, if that is the same:
  /// whether it does.
  virtual bool take_bytes() { return false; }
  virtual void take_characters() {}  ///< undoes take_bytes
  /// Appends the model's object of a tokenizer.json: vocabularies are large.
  virtual void write(std::string& out) const = 0;
};
std::unique_ptr<Model> read_model(const Field& field);

class PostProcessor {
 public:
  virtual ~PostProcessor() = default;
  /// How many tokens are put around one text or a pair.
  virtual std::size_t added(bool pair) const = 0;
  /// From one encoding a text to those that are joined in the end.
  virtual std::vector<Encoding> process(std::vector<Encoding> parts, bool add_special) const = 0;
  virtual OrderedJson json() const = 0;
};
std::unique_ptr<PostProcessor> read_post_processor(const Field& field);

class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Texts, which are joined in the end, from tokens.
  virtual std::vector<std::string> decode(std::vector<std::string> tokens) const = 0;
  virtual OrderedJson json() const = 0;
};
std::unique_ptr<Decoder> read_decoder(const Field& field);

}  // namespace fathom::text
