#include "fathom/text/tokenizer.h"

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>

#include "fathom/backend/cpu/pool.h"
#include "fathom/core/error.h"
#include "fathom/io/file.h"
#include "fathom/text/added_tokens.h"
#include "fathom/text/byte_level.h"
#include "fathom/text/tokenizer_parts.h"
#include "fathom/text/workspace.h"

namespace fathom::text {
namespace {

void check_text(std::string_view text) {
  if (text.size() >= UINT32_MAX / 2)
    throw ValueError({.operation = "encode",
                      .problem = "the text is too long",
                      .received = {{"text", std::to_string(text.size()) + " bytes"}},
                      .expected = "less than 2 GiB",
                      .hint = "encode it in parts"});
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos)
    throw FormatError({.operation = "encode",
                       .problem = "the text is not UTF-8",
                       .received = {{"at byte", std::to_string(bad)}},
                       .expected = "valid UTF-8",
                       .hint = "text::repaired_utf8 puts U+FFFD for what is not"});
}

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

}  // namespace

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

namespace {

void truncate_texts(std::vector<Encoding>& texts, const Truncation& t) {
  Encoding& first = texts[0];
  Encoding* second = texts.size() > 1 ? &texts[1] : nullptr;
  const auto cut = [&](Encoding& text, std::size_t length) {
    text.truncate(length, t.stride, t.direction);
  };
  if (t.max_length == 0) {
    for (Encoding& text : texts) cut(text, 0);
    return;
  }
  const std::size_t total = first.size() + (second ? second->size() : 0);
  if (total <= t.max_length) return;
  if (t.strategy == TruncationStrategy::longest_first) {
    if (!second) return cut(first, t.max_length);
    std::size_t shorter = std::min(first.size(), second->size());
    std::size_t longer =
        shorter > t.max_length ? shorter : std::max(shorter, t.max_length - shorter);
    if (shorter + longer > t.max_length) {
      shorter = t.max_length / 2;
      longer = shorter + t.max_length % 2;
    }
    const bool swapped = first.size() > second->size();
    cut(first, swapped ? longer : shorter);
    return cut(*second, swapped ? shorter : longer);
  }
  Encoding* target = t.strategy == TruncationStrategy::only_first ? &first : second;
  const std::size_t excess = total - t.max_length;
  if (!target || target->size() <= excess)
    throw ValueError(
        {.operation = "truncate",
         .problem = target ? "the text to cut is too short" : "there is no second text to cut",
         .received = {{"tokens", std::to_string(total)},
                      {"max_length", std::to_string(t.max_length)}},
         .hint = "the strategy longest_first cuts both"});
  cut(*target, target->size() - excess);
}

void drop_tokens(Encoding& encoding) {
  encoding.tokens.clear();
  for (Encoding& part : encoding.overflowing) drop_tokens(part);
}

std::size_t padded_length(std::size_t length, const Padding& padding) {
  const std::size_t multiple = padding.pad_to_multiple_of;
  return multiple > 0 ? (length + multiple - 1) / multiple * multiple : length;
}

}  // namespace

Encoding Tokenizer::State::finish(std::vector<Encoding> texts, const EncodeOptions& options) const {
  if (parts.truncation) {
    Truncation truncation = *parts.truncation;
    const std::size_t around = options.add_special_tokens ? added_around(texts.size() > 1) : 0;
    truncation.max_length -= std::min(around, truncation.max_length);
    truncate_texts(texts, truncation);
  }
  if (parts.post_processor) {
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      const auto whole = [&](Encoding& e) {
        e.sequences = {{i, 0, static_cast<std::uint32_t>(e.size())}};
      };
      whole(texts[i]);
      for (Encoding& part : texts[i].overflowing) whole(part);
      texts[i].type_ids.assign(texts[i].size(), i);
    }
    texts = parts.post_processor->process(std::move(texts), options.add_special_tokens);
  } else if (texts.size() > 1) {
    for (std::uint32_t i = 0; i < texts.size(); ++i)
      texts[i].sequences = {{i, 0, static_cast<std::uint32_t>(texts[i].size())}};
  }
  Encoding out;
  if (texts.size() == 1)
    out = std::move(texts[0]);
  else
    for (const Encoding& text : texts) out.append(text);
  if (!options.tokens) drop_tokens(out);
  if (parts.padding) {
    const Padding& p = *parts.padding;
    out.pad(padded_length(p.length.value_or(out.size()), p), p.pad_id, p.pad_type_id, p.pad_token,
            p.direction);
  }
  return out;
}

Tokenizer::Tokenizer(Parts parts) : state_(std::make_unique<State>()) {
  state_->parts = std::move(parts);
  Parts& p = state_->parts;
  if (p.pre_tokenizer && p.model->take_bytes()) {
    // Both or none: a model that takes bytes cannot read characters of the alphabet.
    state_->in_bytes = p.pre_tokenizer->leave_bytes();
    if (!state_->in_bytes) p.model->take_characters();
  }
  state_->added.add(p.added, *p.model, p.normalizer.get());
}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

Encoding Tokenizer::encode(const Input& input, const EncodeOptions& options, Where where) const {
  return located(where, [&] {
    State::Borrowed work(*state_);
    return state_->encode(input, options, 0, *work);
  });
}

Encoding Tokenizer::encode_words(std::span<const std::string> words, const EncodeOptions& options,
                                 Where where) const {
  return located(where, [&] {
    State::Borrowed work(*state_);
    (*work).draws.state = options.seed;
    std::vector<Encoding> texts(1);
    for (std::size_t i = 0; i < words.size(); ++i)
      texts[0].append(
          state_->encode_text(words[i], 0, static_cast<std::int32_t>(i), options, *work));
    return state_->finish(std::move(texts), options);
  });
}

std::vector<Encoding> Tokenizer::encode_batch(std::span<const Input> inputs,
                                              const EncodeOptions& options, Where where) const {
  return located(where, [&] {
    std::vector<Encoding> out(inputs.size());
    const std::size_t chunk =
        std::max<std::size_t>(1, inputs.size() / (static_cast<std::size_t>(cpu::threads()) * 16));
    cpu::parallel_for(static_cast<std::int64_t>((inputs.size() + chunk - 1) / chunk),
                      [&](std::int64_t task) {
                        State::Borrowed work(*state_);
                        const std::size_t begin = static_cast<std::size_t>(task) * chunk;
                        for (std::size_t i = begin; i < std::min(begin + chunk, inputs.size()); ++i)
                          out[i] = state_->encode(inputs[i], options, i, *work);
                      });
    if (const auto& p = state_->parts.padding; p && !p->length) {
      std::size_t longest = 0;
      for (const Encoding& encoding : out) longest = std::max(longest, encoding.size());
      for (Encoding& encoding : out)
        encoding.pad(padded_length(longest, *p), p->pad_id, p->pad_type_id, p->pad_token,
                     p->direction);
    }
    return out;
  });
}

std::vector<std::uint32_t> Tokenizer::ids(std::string_view text, bool add_special_tokens,
                                          Where where) const {
  return located(where, [&] {
    State::Borrowed work(*state_);
    if (!add_special_tokens && !state_->parts.truncation) {
      check_text(text);
      std::vector<std::uint32_t> begins;
      state_->cut(text, (*work).pieces);
      state_->tokenize((*work).pieces, *work, begins);
      std::vector<std::uint32_t> out((*work).tokens.size());
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = (*work).tokens[i].id;
      return out;
    }
    const EncodeOptions options{add_special_tokens, false, false};
    std::vector<Encoding> texts;
    texts.push_back(state_->encode_text(text, 0, -1, options, *work));
    Encoding out = state_->finish(std::move(texts), options);
    return std::move(out.ids);
  });
}

std::string Tokenizer::decode(std::span<const std::uint32_t> ids, bool skip_special_tokens) const {
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const std::uint32_t id : ids) {
    const std::string* token = state_->added.token(id);
    if (!token) token = state_->parts.model->token(id);
    if (token && !(skip_special_tokens && state_->added.is_special(*token)))
      tokens.push_back(*token);
  }
  const bool decodes = state_->parts.decoder != nullptr;
  if (decodes) tokens = state_->parts.decoder->decode(std::move(tokens));
  std::string out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0 && !decodes) out += ' ';
    out += tokens[i];
  }
  return out;
}

std::vector<std::string> Tokenizer::decode_batch(std::span<const std::vector<std::uint32_t>> batch,
                                                 bool skip_special_tokens) const {
  std::vector<std::string> out(batch.size());
  cpu::parallel_for(static_cast<std::int64_t>(batch.size()), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    out[at] = decode(batch[at], skip_special_tokens);
  });
  return out;
}

std::optional<std::uint32_t> Tokenizer::token_to_id(const std::string& token) const {
  const std::uint32_t* id = state_->added.id(token);
  if (!id) id = state_->parts.model->id(token);
  return id ? std::optional(*id) : std::nullopt;
}

std::optional<std::string> Tokenizer::id_to_token(std::uint32_t id) const {
  const std::string* token = state_->added.token(id);
  if (!token) token = state_->parts.model->token(id);
  return token ? std::optional(*token) : std::nullopt;
}

std::size_t Tokenizer::vocabulary_size() const {
  std::size_t size = state_->parts.model->size();
  for (const auto& [id, token] : state_->added.by_id())
    size += state_->parts.model->id(token.content) == nullptr;
  return size;
}

std::size_t Tokenizer::add_tokens(const std::vector<AddedToken>& tokens) {
  return state_->added.add(tokens, *state_->parts.model, state_->parts.normalizer.get());
}

const std::optional<Truncation>& Tokenizer::truncation() const { return state_->parts.truncation; }
const std::optional<Padding>& Tokenizer::padding() const { return state_->parts.padding; }

void Tokenizer::set_truncation(std::optional<Truncation> truncation, Where where) {
  if (truncation) {
    const std::size_t around = state_->added_around(false);
    const std::size_t left = truncation->max_length - std::min(around, truncation->max_length);
    if (left < truncation->stride)
      throw ValueError({.operation = "set_truncation",
                        .problem = "the stride is too long",
                        .received = {{"stride", std::to_string(truncation->stride)},
                                     {"max_length", std::to_string(truncation->max_length)},
                                     {"special tokens", std::to_string(around)}},
                        .expected = "stride < max_length without the special tokens",
                        .where = to_string(where)});
  }
  state_->parts.truncation = truncation;
}
void Tokenizer::set_padding(std::optional<Padding> padding) {
  state_->parts.padding = std::move(padding);
}
void Tokenizer::encode_special_tokens(bool as_text) { state_->encode_special = as_text; }

std::vector<std::string> Tokenizer::split(std::string_view text, Where where) const {
  return located(where, [&] {
    check_text(text);
    State::Borrowed work(*state_);
    Pieces& pieces = (*work).pieces;
    state_->cut(text, pieces);
    std::vector<std::string> out;
    for (const Piece& piece : pieces.list)
      out.push_back(state_->in_bytes && piece.added == Piece::none ? from_bytes(pieces.of(piece))
                                                                   : std::string(pieces.of(piece)));
    return out;
  });
}

std::string Tokenizer::json() const {
  const Parts& p = state_->parts;
  OrderedJson added = OrderedJson::array();
  for (const auto& [id, token] : state_->added.by_id())
    added.push_back(added_token_json(id, token));
  const auto member = [](const char* name, const OrderedJson& value) {
    return std::string(",\n  \"") + name +
           "\": " + value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  };
  const auto part = [](const auto& part) { return part ? part->json() : OrderedJson(nullptr); };
  std::string out = "{\n  \"version\": \"1.0\"";
  out += member("truncation", truncation_json(p.truncation));
  out += member("padding", padding_json(p.padding));
  out += member("added_tokens", added);
  out += member("normalizer", part(p.normalizer));
  out += member("pre_tokenizer", part(p.pre_tokenizer));
  out += member("post_processor", part(p.post_processor));
  out += member("decoder", part(p.decoder));
  out += ",\n  \"model\": ";
  p.model->write(out);
  return out + "\n}\n";
}

void Tokenizer::save(const std::string& path, Where where) const {
  io::write_atomically(path, std::string_view(json()), where);
}

std::string DecodeStream::step(std::uint32_t id) {
  const auto whole = [](const std::string& text) { return !text.ends_with("\xEF\xBF\xBD"); };
  if (prefix_.empty() && !ids_.empty()) {
    const std::string text = tokenizer_.decode(ids_, skip_special_tokens_);
    if (whole(text)) prefix_ = text, prefix_ids_ = ids_.size();
  }
  ids_.push_back(id);
  const std::string text = tokenizer_.decode(ids_, skip_special_tokens_);
  if (text.size() <= prefix_.size() || !whole(text)) return "";
  if (!text.starts_with(prefix_))
    throw ValueError({.operation = "DecodeStream::step",
                      .problem = "an id changes what was given out before",
                      .received = {{"id", std::to_string(id)},
                                   {"before", in_quotes(prefix_)},
                                   {"now", in_quotes(text)}}});
  const std::string added = text.substr(prefix_.size());
  const std::size_t kept = ids_.size() - prefix_ids_;
  ids_.erase(ids_.begin(), ids_.begin() + static_cast<std::ptrdiff_t>(prefix_ids_));
  prefix_ = tokenizer_.decode(ids_, skip_special_tokens_);
  prefix_ids_ = kept;
  return added;
}

}  // namespace fathom::text
