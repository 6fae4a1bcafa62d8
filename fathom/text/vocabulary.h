// Private to fathom/text: tokens by their ids and ids by their tokens.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fathom/text/fields.h"

namespace fathom::text {

class Vocabulary {
 public:
  Vocabulary() = default;
  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;

  /// Ids that a file may use: more would make the table by id large for nothing.
  static constexpr std::uint32_t id_limit = 1u << 24;

  /// Gives a token an id; a token or an id that is there gets the new partner.
  void set(std::string token, std::uint32_t id);
  /// The object {token: id}. Errors: FormatError for anything else and for ids from id_limit on.
  static Vocabulary read(const Field& field);

  const std::string* token(std::uint32_t id) const {
    return id < by_id_.size() ? by_id_[id] : nullptr;
  }
  const std::uint32_t* id(std::string_view token) const {
    const auto at = by_token_.find(token);
    return at == by_token_.end() ? nullptr : &at->second.id;
  }
  std::size_t size() const { return by_token_.size(); }
  std::uint32_t id_end() const { return static_cast<std::uint32_t>(by_id_.size()); }

  /// Appends {token: id} in the order of the ids.
  void write(std::string& out) const;

 private:
  struct Entry {
    std::uint32_t id;
    const std::string* token;
  };
  std::deque<std::string> tokens_;  // stay where they are, also when the whole is moved
  std::vector<const std::string*> by_id_;
  std::unordered_map<std::string_view, Entry> by_token_;
};

}  // namespace fathom::text
