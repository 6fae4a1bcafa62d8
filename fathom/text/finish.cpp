// The end of an encoding: truncation, special tokens around, padding; and ids decoded one by one.
#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/text/tokenizer_state.h"

namespace fathom::text {

void check_text(std::string_view text, const char* operation) {
  if (text.size() >= UINT32_MAX / 2)
    throw ValueError({.operation = operation,
                      .problem = "the text is too long",
                      .received = {{"bytes", std::to_string(text.size())}},
                      .expected = "less than 2 GiB",
                      .hint = "cut it into parts"});
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos)
    throw FormatError({.operation = operation,
                       .problem = "the text is not UTF-8",
                       .received = {{"at byte", std::to_string(bad)}},
                       .expected = "valid UTF-8",
                       .hint = "text::repaired_utf8 puts U+FFFD for what is not"});
}

std::size_t padded_length(std::size_t length, const Padding& padding) {
  const std::size_t multiple = padding.pad_to_multiple_of;
  return multiple > 0 ? (length + multiple - 1) / multiple * multiple : length;
}

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
