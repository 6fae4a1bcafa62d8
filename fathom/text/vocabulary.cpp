#include "fathom/text/vocabulary.h"

#include <nlohmann/json.hpp>

namespace fathom::text {

void Vocabulary::set(std::string token, std::uint32_t id) {
  auto at = by_token_.find(token);
  if (at == by_token_.end()) {
    const std::string& kept = tokens_.emplace_back(std::move(token));
    at = by_token_.emplace(kept, Entry{id, &kept}).first;
  }
  at->second.id = id;
  if (id >= by_id_.size()) by_id_.resize(id + 1, nullptr);
  by_id_[id] = at->second.token;
}

Vocabulary Vocabulary::read(const Field& field) {
  if (!field.value().is_object()) field.fail("not an object", "an object {token: id}");
  Vocabulary out;
  out.by_token_.reserve(field.value().size());
  for (const auto& [token, id] : field.value().items())
    out.set(token, Field(id, field.path() + "[" + in_quotes(token) + "]").count(id_limit - 1));
  return out;
}

void Vocabulary::write(std::string& out) const {
  out += '{';
  bool first = true;
  for (std::uint32_t id = 0; id < by_id_.size(); ++id) {
    if (!by_id_[id]) continue;
    if (!first) out += ',';
    first = false;
    out += in_quotes(*by_id_[id]) + ":" + std::to_string(id);
  }
  out += '}';
}

}  // namespace fathom::text
