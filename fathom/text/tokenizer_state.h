// Private to fathom/text: what a tokenizer holds, and the way of one text through its parts.
#pragma once
#include <algorithm>
#include <mutex>

#include "fathom/text/added_tokens.h"
#include "fathom/text/tokenizer.h"
#include "fathom/text/tokenizer_parts.h"
#include "fathom/text/workspace.h"

namespace fathom::text {

/// Errors: FormatError for what is not UTF-8, ValueError for what is too long.
void check_text(std::string_view text, const char* operation = "encode");
/// A length, or the next multiple that padding asks for.
std::size_t padded_length(std::size_t length, const Padding& padding);

/// Characters before each byte of a text; nothing for ASCII, where both are the same.
class CharacterCounts {
 public:
  explicit CharacterCounts(std::string_view text) : size_(text.size()) {
    if (is_ascii(text)) return;
    counts_.reserve(text.size() + 1);
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t length = length_of(text[i]);
      counts_.insert(counts_.end(), length, count++);
      i += length;
    }
    counts_.push_back(count);
  }
  Offsets of(Span span) const {
    // What begins behind the last character stays a byte's place, as in Hugging Face tokenizers.
    if (counts_.empty() || span.begin >= size_) return {span.begin, span.end};
    if (span.end >= size_) return {counts_[span.begin], counts_[size_]};
    return {counts_[span.begin], counts_[span.end]};
  }

 private:
  std::size_t size_;
  std::vector<std::uint32_t> counts_;
};

struct Tokenizer::State {
  Parts parts;
  AddedTokens added;
  bool encode_special = false;
  bool in_bytes = false;  // pieces reach the model as bytes, not in the byte-level alphabet
  std::mutex mutex;
  std::vector<std::unique_ptr<Workspace>> idle;

  /// A workspace that is given back at the end of the scope.
  class Borrowed {
   public:
    explicit Borrowed(State& state) : state_(state) {
      const std::lock_guard lock(state.mutex);
      if (!state.idle.empty()) {
        work_ = std::move(state.idle.back());
        state.idle.pop_back();
      }
      if (!work_) work_ = std::make_unique<Workspace>();
    }
    ~Borrowed() {
      const std::lock_guard lock(state_.mutex);
      state_.idle.push_back(std::move(work_));
    }
    Workspace& operator*() { return *work_; }

   private:
    State& state_;
    std::unique_ptr<Workspace> work_;
  };

  void cut(std::string_view text, Pieces& pieces) const {
    added.extract(text, parts.normalizer.get(), encode_special, pieces);
    if (parts.pre_tokenizer) parts.pre_tokenizer->split(pieces);
  }

  // The same with added tokens as text like any other.
  void cut_as_text(std::string_view text, Pieces& pieces) const {
    pieces.text = AlignedText(text, 0);
    if (parts.normalizer) parts.normalizer->apply(pieces.text);
    pieces.list.clear();
    const auto size = static_cast<std::uint32_t>(pieces.text.now().size());
    if (size > 0) pieces.list.push_back({0, size});
    if (parts.pre_tokenizer) parts.pre_tokenizer->split(pieces);
  }

  // Tokens of all pieces; where each piece's begin goes to `begins`.
  void tokenize(const Pieces& pieces, Workspace& work, std::vector<std::uint32_t>& begins) const {
    work.tokens.clear();
    for (const Piece& piece : pieces.list) {
      begins.push_back(static_cast<std::uint32_t>(work.tokens.size()));
      if (piece.added != Piece::none)
        work.tokens.push_back({piece.added, piece.begin, piece.end});
      else
        parts.model->tokenize(pieces.of(piece), piece.begin, work, work.tokens);
    }
    begins.push_back(static_cast<std::uint32_t>(work.tokens.size()));
  }

  std::string text_of(const Token& token, const Piece& piece, const Pieces& pieces) const {
    if (piece.added != Piece::none || parts.model->shows_text(token.id))
      return std::string(pieces.text.now().substr(token.begin, token.end - token.begin));
    const std::string* text = parts.model->token(token.id);
    return text ? *text : std::string();
  }

  /// One text without what is put around it. `word` >= 0: the number of all its tokens' word.
  Encoding encode_text(std::string_view text, std::uint32_t type_id, std::int32_t word,
                       const EncodeOptions& options, Workspace& work) const {
    check_text(text);
    Pieces& pieces = work.pieces;
    cut(text, pieces);
    std::vector<std::uint32_t> begins;
    begins.reserve(pieces.list.size() + 1);
    tokenize(pieces, work, begins);
    const std::size_t count = work.tokens.size();
    Encoding out;
    out.ids.resize(count);
    out.words.resize(count);
    out.offsets.resize(count);
    out.type_ids.assign(count, type_id);
    out.special_tokens_mask.assign(count, 0);
    out.attention_mask.assign(count, 1);
    if (options.tokens) out.tokens.reserve(count);
    for (std::size_t i = 0; i < count; ++i) out.ids[i] = work.tokens[i].id;
    std::optional<CharacterCounts> characters;
    if (options.offsets) characters.emplace(text);
    for (std::size_t p = 0; p < pieces.list.size(); ++p) {
      const Piece& piece = pieces.list[p];
      for (std::uint32_t i = begins[p]; i < begins[p + 1]; ++i) {
        const Token& token = work.tokens[i];
        out.words[i] = word >= 0 ? word : static_cast<std::int32_t>(p);
        if (options.offsets)
          out.offsets[i] = characters->of(
              token.begin < token.end ? pieces.text.origin(token.begin, token.end) : Span{});
        if (options.tokens) out.tokens.push_back(text_of(token, piece, pieces));
      }
    }
    return out;
  }

  std::size_t added_around(bool pair) const {
    return parts.post_processor ? parts.post_processor->added(pair) : 0;
  }

  std::string json_without_model() const;
  Encoding finish(std::vector<Encoding> texts, const EncodeOptions& options) const;
  Encoding encode(const Input& input, const EncodeOptions& options, std::uint64_t place,
                  Workspace& work) const {
    work.draws.state = options.seed * 0x2545F4914F6CDD1Du + place;
    EncodeOptions each = options;
    each.tokens |= options.offsets && parts.post_processor;  // blanks are trimmed by the tokens
    std::vector<Encoding> texts;
    texts.push_back(encode_text(input.text, 0, -1, each, work));
    if (input.pair) texts.push_back(encode_text(*input.pair, 1, -1, each, work));
    return finish(std::move(texts), options);
  }
};

}  // namespace fathom::text
