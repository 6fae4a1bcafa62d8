// Private to fathom/text: base64, in which tokenizer.json carries bytes (RFC 4648).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fathom::text {

std::string to_base64(std::string_view bytes);
/// Nothing if the text is not base64 with its padding.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace fathom::text
