// Tokenizers: from a text to the numbers that a model reads, and back.
//
//   const auto tokenizer = text::Tokenizer::load("bert-base-uncased/tokenizer.json");
//   const text::Encoding encoding = tokenizer.encode("Hello world!");
//   encoding.ids;                                   // 101 7592 2088 999 102
//   tokenizer.decode(encoding.ids);                 // "hello world!"
//
// A tokenizer is made of the parts of Hugging Face tokenizers (normaliser, pre-tokenizer, model,
// post-processor, decoder, added tokens, truncation, padding), whatever file it is read from, and
// gives the same ids, offsets and texts. A component of its own, since it needs libpcre2 and
// libutf8proc: fathom.h does not include it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/core/where.h"
#include "fathom/text/encoding.h"

namespace fathom::text {

/// A token beside the model's vocabulary, which is found whole in a text.
struct AddedToken {
  std::string content;
  bool single_word = false;  ///< not inside of a word
  bool lstrip = false;       ///< takes blanks before it along
  bool rstrip = false;       ///< takes blanks behind it along
  bool normalized = true;    ///< looked for, normalised, in the normalised text
  bool special = false;      ///< left out by decode
  bool operator==(const AddedToken&) const = default;
};

/// Which text of a pair is cut: the longer one, or always the same.
enum class TruncationStrategy { longest_first, only_first, only_second };

/// How texts are cut to a length.
struct Truncation {
  std::size_t max_length = 512;
  TruncationStrategy strategy = TruncationStrategy::longest_first;
  std::size_t stride = 0;  ///< tokens that a part in `overflowing` shares with the one before it
  Side direction = Side::right;
};

/// How texts are filled up to a length.
struct Padding {
  std::optional<std::size_t> length;  ///< none: as long as the longest of a batch
  Side direction = Side::right;
  std::size_t pad_to_multiple_of = 0;  ///< 0: of none
  std::uint32_t pad_id = 0, pad_type_id = 0;
  std::string pad_token = "[PAD]";
};

/// Options of Tokenizer::encode() and its kin.
struct EncodeOptions {
  bool add_special_tokens = true;
  bool tokens = true;      ///< fill Encoding::tokens
  bool offsets = true;     ///< fill Encoding::offsets; else they are all (0, 0)
  std::uint64_t seed = 0;  ///< of BPE's dropout, with a text's place in the batch
};

/// A text, or a pair of texts.
struct Input {
  Input(std::string_view text) : text(text) {}    // NOLINT: implicit on purpose
  Input(const char* text) : text(text) {}         // NOLINT
  Input(const std::string& text) : text(text) {}  // NOLINT
  Input(std::string_view text, std::string_view pair) : text(text), pair(pair) {}
  std::string_view text;
  std::optional<std::string_view> pair;
};

/// A piece of texts and how often it comes.
struct CountedWord {
  std::string text;
  std::uint64_t count = 0;
};

struct Parts;

/// Splits texts into tokens and puts them together again: the parts of a tokenizer.json at work.
class Tokenizer {
 public:
  /// Reads a tokenizer from a file, whose kind its name and its first bytes tell: tokenizer.json;
  /// vocab.txt of BERT; vocab.json with merges.txt beside it (GPT-2); CLIP's merges; a
  /// SentencePiece model; tokenizer.bin of llama2.c; the vocabulary of a GGUF file. Or from a
  /// folder with one of them. Errors: IoError; FormatError for a damaged file; UnsupportedError, by
  /// name, for what a file asks for and Fathom has not.
  static Tokenizer load(const std::string& path, Where where = Where::current());
  /// The same from the text of a tokenizer.json; `source` stands for the path in errors.
  static Tokenizer from_json(std::string_view json, const std::string& source = "(memory)",
                             Where where = Where::current());
  explicit Tokenizer(Parts parts);
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  /// As a tokenizer.json, which Hugging Face tokenizers reads.
  std::string json() const;
  /// Errors: IoError.
  void save(const std::string& path, Where where = Where::current()) const;

  /// The tokens of a text. May be called by several threads at once.
  /// Errors: FormatError for a text that is not UTF-8 (repaired_utf8 makes it so); ValueError if
  /// something has no token and there is none for the unknown, or if truncation cannot keep its
  /// length.
  Encoding encode(const Input& input, const EncodeOptions& options = {},
                  Where where = Where::current()) const;
  /// The same for a text in words: offsets count within each, Encoding::words numbers them.
  Encoding encode_words(std::span<const std::string> words, const EncodeOptions& options = {},
                        Where where = Where::current()) const;
  /// Many texts on all threads, padded to one length if there is padding.
  std::vector<Encoding> encode_batch(std::span<const Input> inputs,
                                     const EncodeOptions& options = {},
                                     Where where = Where::current()) const;
  /// The ids alone, without padding: what training reads. Special tokens only if asked for.
  std::vector<std::uint32_t> ids(std::string_view text, bool add_special_tokens = false,
                                 Where where = Where::current()) const;

  /// The text of ids; ids that there are none of are left out, as in Hugging Face tokenizers.
  std::string decode(std::span<const std::uint32_t> ids, bool skip_special_tokens = true) const;
  std::vector<std::string> decode_batch(std::span<const std::vector<std::uint32_t>> batch,
                                        bool skip_special_tokens = true) const;

  std::optional<std::uint32_t> token_to_id(const std::string& token) const;
  std::optional<std::string> id_to_token(std::uint32_t id) const;
  /// Tokens, those added included.
  std::size_t vocabulary_size() const;

  /// Adds tokens; returns how many are new. `normalized` is what it says even for special ones.
  std::size_t add_tokens(const std::vector<AddedToken>& tokens);
  const std::optional<Truncation>& truncation() const;
  const std::optional<Padding>& padding() const;
  /// Errors: ValueError if the stride does not fit beside the special tokens.
  void set_truncation(std::optional<Truncation> truncation, Where where = Where::current());
  void set_padding(std::optional<Padding> padding);
  /// Whether special tokens inside of a text are read as text; false at first.
  void encode_special_tokens(bool as_text);

  /// The pieces that texts are split into before the model sees them, each once, in the order in
  /// which they come: what trainers learn from. Added tokens are text here, as in Hugging Face's
  /// trainers. On all threads; the same for any number. Errors: FormatError for what is not UTF-8.
  std::vector<CountedWord> count_pieces(std::span<const std::string> texts,
                                        Where where = Where::current()) const;
  /// Another tokenizer's parts to be: copies of all but the model.
  Parts parts_without_model() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Decodes ids one by one, as a model writes them, and never splits a character: what is not whole
/// yet is held back.
class DecodeStream {
 public:
  /// `tokenizer` must outlive it.
  explicit DecodeStream(const Tokenizer& tokenizer, bool skip_special_tokens = true)
      : tokenizer_(tokenizer), skip_special_tokens_(skip_special_tokens) {}
  /// The text that an id adds, or "" if it takes another one to tell.
  /// Errors: ValueError if an id changes what was given out before.
  std::string step(std::uint32_t id);

 private:
  const Tokenizer& tokenizer_;
  bool skip_special_tokens_;
  std::vector<std::uint32_t> ids_;  // those of the last text given out, and those since
  std::string prefix_;              // what the former decode to
  std::size_t prefix_ids_ = 0;
};

/// The text with U+FFFD for each part that is not UTF-8.
std::string repaired_utf8(std::string_view text);

}  // namespace fathom::text
