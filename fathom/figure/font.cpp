#include "fathom/figure/font.h"

#include <algorithm>
#include <vector>

#include "fathom/figure/font_data.h"

namespace fathom::figure {
namespace {

// The next character of UTF-8 text; a byte that fits nowhere is U+FFFD.
char32_t next_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const int more = first < 0x80    ? 0
                   : first >= 0xf0 ? 3
                   : first >= 0xe0 ? 2
                   : first >= 0xc2 ? 1
                                   : -1;
  text.remove_prefix(1);
  if (more < 0) return 0xfffd;
  char32_t code = more == 0 ? first : first & (0x3f >> more);
  for (int i = 0; i < more; ++i) {
    if (text.empty() || (static_cast<unsigned char>(text.front()) & 0xc0) != 0x80) return 0xfffd;
    code = code << 6 | (static_cast<unsigned char>(text.front()) & 0x3f);
    text.remove_prefix(1);
  }
  return code;
}

/// Reads the numbers of the packed font, one after another (tools/pack_font.cpp writes them).
class Numbers {
 public:
  explicit Numbers(const unsigned char* at) : at_(at) {}
  const unsigned char* at() const { return at_; }
  std::uint64_t next() {
    std::uint64_t number = 0;
    for (int shift = 0;; shift += 7) {
      const unsigned char byte = *at_++;
      number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return number;
    }
  }
  std::int64_t next_signed() { return unfold(next()); }
  static std::int64_t unfold(std::uint64_t number) {
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
  }

 private:
  const unsigned char* at_;
};

/// Where in the packed font each contour and each character is described.
struct Face {
  double units_per_em;
  std::vector<const unsigned char*> contours, characters;
  std::vector<char32_t> codes;  // rising; the first, 0, is what others are shown as

  Face() {
    Numbers n(font_data().data());
    units_per_em = static_cast<double>(n.next());
    contours.resize(n.next());
    for (const unsigned char*& contour : contours) {
      contour = n.at();
      for (std::uint64_t left = 2 * n.next(); left > 0; --left) n.next();
    }
    characters.resize(n.next());
    char32_t code = 0;
    for (const unsigned char*& character : characters) {
      codes.push_back(code += static_cast<char32_t>(n.next()));
      character = n.at();
      n.next();
      for (std::uint64_t left = 3 * n.next(); left > 0; --left) n.next();
    }
  }

  Numbers character(char32_t code) const {
    const auto found = std::lower_bound(codes.begin(), codes.end(), code);
    const bool listed = found != codes.end() && *found == code;
    return Numbers(characters[listed ? static_cast<std::size_t>(found - codes.begin()) : 0]);
  }
};

const Face& face() {
  static const Face face;
  return face;
}

}  // namespace

double Font::width(std::string_view text, double size) const {
  double units = 0;
  while (!text.empty()) units += static_cast<double>(face().character(next_character(text)).next());
  return units * (size / face().units_per_em);
}

void Font::outline(std::string_view text, double size, const Outline& to) const {
  const double scale = size / face().units_per_em;
  double pen = 0;
  while (!text.empty()) {
    Numbers character = face().character(next_character(text));
    const auto advance = static_cast<double>(character.next());
    std::int64_t start_x = 0, start_y = 0;
    for (std::uint64_t left = character.next(); left > 0; --left) {
      Numbers contour(face().contours[character.next()]);
      std::int64_t x = start_x += character.next_signed();
      std::int64_t y = start_y += character.next_signed();
      const auto place = [&] {
        return Point{pen + static_cast<double>(x) * scale, -static_cast<double>(y) * scale};
      };
      // Moves to the next point; true if it is a curve's control point.
      const auto step = [&] {
        const std::uint64_t number = contour.next();
        x += Numbers::unfold(number >> 1);
        y += contour.next_signed();
        return (number & 1) != 0;
      };
      std::uint64_t points = contour.next();
      to.move_to(place());
      for (; points > 0; --points) {
        if (!step()) {
          to.line_to(place());
        } else {
          const Point control = place();
          step();
          --points;
          to.quadratic_to(control, place());
        }
      }
      to.close();
    }
    pen += advance * scale;
  }
}

}  // namespace fathom::figure
