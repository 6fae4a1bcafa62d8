// A small check that text is well-formed XML: tags nest, attributes are quoted, entities are known.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fathom::test {

/// What is wrong, or "" for well-formed XML with one root element.
inline std::string xml_fault(std::string_view xml) {
  const auto text_fault = [](std::string_view text) -> std::string {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (c == '<' || c == '>') return "markup inside text";
      if (c < 32 && c != '\n' && c != '\t') return "a control character";
      if (c != '&') continue;
      bool known = false;
      for (const char* entity : {"&amp;", "&lt;", "&gt;", "&quot;"})
        known |= text.substr(i).starts_with(entity);
      if (!known) return "an unknown entity";
    }
    return "";
  };
  if (!xml.starts_with("<?xml ")) return "no declaration";
  xml.remove_prefix(xml.find("?>") + 2);
  std::vector<std::string> open;
  int roots = 0;
  while (!xml.empty()) {
    const auto start = xml.find('<');
    const std::string_view between = xml.substr(0, start);
    if (const auto fault = text_fault(between); !fault.empty()) return fault;
    if (open.empty() && between.find_first_not_of(" \n\t") != between.npos) return "text outside";
    if (start == xml.npos) break;
    std::size_t end = start + 1;
    for (bool quoted = false; end < xml.size() && (quoted || xml[end] != '>'); ++end)
      if (xml[end] == '"') quoted = !quoted;
    if (end == xml.size()) return "a tag that does not end";
    std::string_view tag = xml.substr(start + 1, end - start - 1);
    xml.remove_prefix(end + 1);
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return "tags that do not nest";
      open.pop_back();
      continue;
    }
    const bool alone = tag.ends_with('/');
    if (alone) tag.remove_suffix(1);
    auto rest = tag.substr(std::min(tag.find(' '), tag.size()));
    const std::string name(tag.substr(0, tag.size() - rest.size()));
    if (name.empty()) return "a tag without a name";
    while (!rest.empty()) {  // name="value"
      const auto equals = rest.find("=\"");
      if (rest.front() != ' ' || equals == rest.npos) return "a broken attribute in " + name;
      const auto close = rest.find('"', equals + 2);
      if (const auto fault = text_fault(rest.substr(equals + 2, close - equals - 2));
          !fault.empty())
        return fault + " in " + name;
      rest.remove_prefix(close + 1);
    }
    if (open.empty() && ++roots > 1) return "two roots";
    if (!alone) open.push_back(name);
  }
  return open.empty() && roots == 1 ? "" : "tags left open";
}

}  // namespace fathom::test
