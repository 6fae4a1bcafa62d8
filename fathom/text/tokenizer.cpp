#include "fathom/text/tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fathom/backend/cpu/pool.h"
#include "fathom/core/error.h"
#include "fathom/io/file.h"
#include "fathom/text/tokenizer_state.h"

namespace fathom::text {

// An object that is not closed yet: the model may follow.
std::string Tokenizer::State::json_without_model() const {
  OrderedJson added_tokens = OrderedJson::array();
  for (const auto& [id, token] : added.by_id()) added_tokens.push_back(added_token_json(id, token));
  const auto member = [](const char* name, const OrderedJson& value) {
    return std::string(",\n  \"") + name +
           "\": " + value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  };
  const auto part = [](const auto& part) { return part ? part->json() : OrderedJson(nullptr); };
  std::string out = "{\n  \"version\": \"1.0\"";
  out += member("truncation", truncation_json(parts.truncation));
  out += member("padding", padding_json(parts.padding));
  out += member("added_tokens", added_tokens);
  out += member("normalizer", part(parts.normalizer));
  out += member("pre_tokenizer", part(parts.pre_tokenizer));
  out += member("post_processor", part(parts.post_processor));
  out += member("decoder", part(parts.decoder));
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

std::string Tokenizer::json() const {
  std::string out = state_->json_without_model();
  out += ",\n  \"model\": ";
  state_->parts.model->write(out);
  return out + "\n}\n";
}

Parts Tokenizer::parts_without_model() const {
  return read_parts_without_model(state_->json_without_model() + "}", "the tokenizer");
}

void Tokenizer::save(const std::string& path, Where where) const {
  io::write_atomically(path, std::string_view(json()), where);
}

}  // namespace fathom::text
