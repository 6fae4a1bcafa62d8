// Private to fathom/text: tokens beside the model's vocabulary, found in a text before anything
// else happens to it, or after it was normalised.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fathom/text/parts.h"
#include "fathom/text/tokenizer.h"
#include "fathom/text/trie.h"

namespace fathom::text {

class AddedTokens {
 public:
  /// Adds tokens; one that is in the model's vocabulary keeps its id, others get the next ones.
  /// Returns how many were new or changed.
  std::size_t add(const std::vector<AddedToken>& tokens, const Model& model,
                  const Normalizer* normalizer);

  const std::map<std::uint32_t, AddedToken>& by_id() const { return by_id_; }
  const std::uint32_t* id(const std::string& content) const;
  /// The text that decoders get: normalised where the token is; null if there is no such id.
  const std::string* token(std::uint32_t id) const;
  bool is_special(const std::string& text) const { return special_.contains(text); }

  /// Cuts a text: added tokens that are found in it as it is, the rest normalised, and then the
  /// added tokens in that.
  void extract(std::string_view text, const Normalizer* normalizer, bool encode_special,
               Pieces& out) const;

 private:
  /// Tokens that are looked for together.
  struct Finder {
    Trie trie;
    bool first_bytes[256] = {};
    bool empty = true;
    void build(const std::vector<std::pair<std::string_view, std::uint32_t>>& patterns);
    /// The longest token that begins at a byte: its id and length.
    std::pair<std::uint32_t, std::size_t> longest(std::string_view text, std::size_t at) const;
  };
  void cut(std::string_view text, const Finder& finder, bool encode_special,
           std::vector<Piece>& out) const;

  std::map<std::uint32_t, AddedToken> by_id_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::unordered_map<std::uint32_t, std::string> normalized_;  // where it is not the content
  std::set<std::string> special_;
  Finder raw_, normal_;
};

}  // namespace fathom::text
