#include "fathom/text/added_tokens.h"

#include <algorithm>

#include "fathom/text/unicode.h"

namespace fathom::text {
namespace {

// Where the character before a byte begins.
std::size_t character_before(std::string_view text, std::size_t at) {
  do --at;
  while (at > 0 && is_continuation(text[at]));
  return at;
}

bool word_before(std::string_view text, std::size_t at) {
  return at > 0 && unicode::is(decode(text.data() + character_before(text, at)), unicode::word);
}
bool word_at(std::string_view text, std::size_t at) {
  return at < text.size() && unicode::is(decode(text.data() + at), unicode::word);
}

}  // namespace

std::size_t AddedTokens::add(const std::vector<AddedToken>& tokens, const Model& model,
                             const Normalizer* normalizer) {
  const auto vocabulary = static_cast<std::uint32_t>(model.size());
  std::uint32_t next = vocabulary;
  if (!by_id_.empty()) {
    const std::uint32_t largest = by_id_.rbegin()->first;
    if (largest >= vocabulary || vocabulary == 0) next = largest + 1;
  }
  std::size_t added = 0;
  for (const AddedToken& token : tokens) {
    if (token.content.empty()) continue;
    const auto known = ids_.find(token.content);
    if (known != ids_.end() && by_id_.at(known->second) == token) continue;
    std::uint32_t id = 0;
    if (known != ids_.end())
      id = known->second;
    else if (const std::uint32_t* of_model = model.id(token.content))
      id = *of_model;
    else
      id = next++;
    if (token.normalized && normalizer) {
      AlignedText text(token.content, 0);
      normalizer->apply(text);
      if (text.now() != token.content) normalized_[id] = text.now();
    }
    ids_[token.content] = id;
    if (token.special) special_.insert(token.content);
    by_id_[id] = token;
    ++added;
  }
  std::vector<std::pair<std::string_view, std::uint32_t>> raw, normal;
  for (const auto& [id, token] : by_id_) {
    if (!token.normalized) {
      raw.emplace_back(token.content, id);
    } else {
      const auto changed = normalized_.find(id);
      normal.emplace_back(changed == normalized_.end() ? token.content : changed->second, id);
    }
  }
  raw_.build(raw);
  normal_.build(normal);
  return added;
}

const std::uint32_t* AddedTokens::id(const std::string& content) const {
  const auto at = ids_.find(content);
  return at == ids_.end() ? nullptr : &at->second;
}

const std::string* AddedTokens::token(std::uint32_t id) const {
  if (const auto changed = normalized_.find(id); changed != normalized_.end())
    return &changed->second;
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : &at->second.content;
}

void AddedTokens::Finder::build(
    const std::vector<std::pair<std::string_view, std::uint32_t>>& patterns) {
  trie = Trie(patterns);
  std::ranges::fill(first_bytes, false);
  empty = true;
  for (const auto& [text, id] : patterns)
    if (!text.empty()) first_bytes[static_cast<unsigned char>(text[0])] = true, empty = false;
}

std::pair<std::uint32_t, std::size_t> AddedTokens::Finder::longest(std::string_view text,
                                                                   std::size_t at) const {
  std::pair<std::uint32_t, std::size_t> found{Trie::none, 0};
  std::uint32_t node = Trie::root;
  for (std::size_t i = at; i < text.size(); ++i) {
    node = trie.step(node, text[i]);
    if (node == Trie::none) break;
    if (trie.value(node) != Trie::none) found = {trie.value(node), i + 1 - at};
  }
  return found;
}

void AddedTokens::cut(std::string_view text, const Finder& finder, bool encode_special,
                      std::vector<Piece>& out) const {
  std::size_t last = 0;  // behind the last token
  const auto put = [&](std::size_t begin, std::size_t end, std::uint32_t added) {
    if (begin < end)
      out.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), added});
  };
  for (std::size_t at = 0; !finder.empty && at < text.size();) {
    if (!finder.first_bytes[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    const auto [id, length] = finder.longest(text, at);
    if (id == Trie::none) {
      ++at;
      continue;
    }
    std::size_t begin = at, end = at + length;
    at = end;  // what is not taken is not looked at again
    const AddedToken& token = by_id_.at(id);
    if (encode_special && special_.contains(token.content)) continue;
    if (token.single_word && (word_before(text, begin) || word_at(text, end))) continue;
    if (token.lstrip)
      while (begin > last) {
        const std::size_t before = character_before(text, begin);
        if (before < last || !unicode::is(decode(text.data() + before), unicode::space)) break;
        begin = before;
      }
    if (token.rstrip)
      while (end < text.size() && unicode::is(decode(text.data() + end), unicode::space))
        end += length_of(text[end]);
    // What rstrip took before may be found again, and is then a token once more, as in Hugging Face
    // tokenizers.
    put(last, begin, Piece::none);
    put(begin, end, id);
    last = end;
  }
  put(last, text.size(), Piece::none);
}

void AddedTokens::extract(std::string_view text, const Normalizer* normalizer, bool encode_special,
                          Pieces& out) const {
  out.list.clear();
  out.text = {};
  std::vector<Piece> raw, normal;
  cut(text, raw_, encode_special, raw);
  for (const Piece& part : raw) {
    AlignedText now(text.substr(part.begin, part.end - part.begin), part.begin);
    const auto shift = static_cast<std::uint32_t>(out.text.now().size());
    if (part.added != Piece::none) {
      out.list.push_back({shift, shift + part.end - part.begin, part.added});
    } else {
      if (normalizer) normalizer->apply(now);
      normal.clear();
      cut(now.now(), normal_, encode_special, normal);
      for (const Piece& piece : normal)
        out.list.push_back({shift + piece.begin, shift + piece.end, piece.added});
    }
    if (shift == 0)
      out.text = std::move(now);
    else
      out.text.append(now);
  }
}

}  // namespace fathom::text
