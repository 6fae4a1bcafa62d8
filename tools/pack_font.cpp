// Runs in the build: reads a TrueType font with FreeType and writes what charts need of it,
// advances and unhinted outlines, as fathom/figure/font.cpp reads them. So the program carries
// neither FreeType nor hinting programs.
//
// usage: pack_font FONT.ttf PACKED
//
// The file is a list of numbers, seven bits a byte, the lowest first; the top bit says that more
// follow. Numbers with a sign are folded: 0, -1, 1, -2, ...
//   units per em
//   number of contours; each: number of points behind its start; each: x and y, folded, from the
//     point before, x doubled, and 1 added for the control point of a curve, whose end follows
//   number of characters; each: code minus the one before, advance, number of contours; each of
//     these: its number, x and y of its start, folded, from the start before. The first character
//     stands for all that are not listed.
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

void put(std::string& to, unsigned long number) {
  for (; number >= 0x80; number >>= 7) to += static_cast<char>(number | 0x80);
  to += static_cast<char>(number);
}
unsigned long folded(long number) {
  const auto doubled = static_cast<unsigned long>(number) << 1;
  return number < 0 ? ~doubled : doubled;
}

/// Left out: what is written from right to left or joined, which charts do not shape, and signs
/// that no chart has. Latin, Greek, Cyrillic, Armenian, Georgian, mathematics and symbols stay.
bool left_out(FT_ULong code) {
  constexpr FT_ULong blocks[][2] = {
      {0x0590, 0x08ff},    // Hebrew, Arabic, N'Ko
      {0x0e80, 0x0eff},    // Lao
      {0x1400, 0x169f},    // Canadian syllabics, Ogham
      {0x2800, 0x28ff},    // Braille
      {0x2d30, 0x2d7f},    // Tifinagh
      {0x4dc0, 0x4dff},    // Yijing hexagrams
      {0xe000, 0xf8ff},    // private use
      {0xfb1d, 0xfdff},    // forms of Hebrew and Arabic
      {0xfe70, 0xfefe},    // forms of Arabic
      {0x1ee00, 0x10ffff}  // Arabic mathematics, tiles, cards, faces
  };
  for (const auto& [first, last] : blocks)
    if (code >= first && code <= last) return true;
  return false;
}

struct Contour {
  FT_Vector start, pen;
  unsigned long points;
  std::string bytes;

  void step(const FT_Vector* p, bool control = false) {
    put(bytes, folded(p->x - pen.x) << 1 | control);
    put(bytes, folded(p->y - pen.y));
    pen = *p;
    ++points;
  }
};
using Outline = std::vector<Contour>;

int move_to(const FT_Vector* p, void* user) {
  static_cast<Outline*>(user)->push_back({*p, *p, 0, {}});
  return 0;
}
int line_to(const FT_Vector* p, void* user) {
  static_cast<Outline*>(user)->back().step(p);
  return 0;
}
int conic_to(const FT_Vector* control, const FT_Vector* p, void* user) {
  static_cast<Outline*>(user)->back().step(control, true);
  static_cast<Outline*>(user)->back().step(p);
  return 0;
}
int cubic_to(const FT_Vector*, const FT_Vector*, const FT_Vector*, void*) {
  std::fprintf(stderr, "pack_font: cubic curves: not a TrueType font\n");
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  if (argc != 3 || FT_Init_FreeType(&library) != 0 ||
      FT_New_Face(library, argv[1], 0, &face) != 0) {
    std::fprintf(stderr, "usage: pack_font FONT.ttf PACKED\n");
    return 1;
  }
  FT_Outline_Funcs callbacks{};
  callbacks.move_to = move_to;
  callbacks.line_to = line_to;
  callbacks.conic_to = conic_to;
  callbacks.cubic_to = cubic_to;

  std::map<std::string, unsigned long> numbers;  // of contours: accents and their like are shared
  std::string contours, characters;
  unsigned long count = 0;
  FT_ULong before = 0;
  FT_UInt glyph = 0;
  for (FT_ULong code = 0; count == 0 || glyph != 0; code = FT_Get_Next_Char(face, code, &glyph)) {
    if (left_out(code)) continue;
    if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE) != 0) return 1;
    Outline outline;
    FT_Outline_Decompose(&face->glyph->outline, &callbacks, &outline);
    put(characters, code - before);
    put(characters, static_cast<unsigned long>(face->glyph->advance.x));
    put(characters, outline.size());
    FT_Vector start{};
    for (const Contour& c : outline) {
      const auto [at, is_new] = numbers.try_emplace(c.bytes, numbers.size());
      if (is_new) {
        put(contours, c.points);
        contours += c.bytes;
      }
      put(characters, at->second);
      put(characters, folded(c.start.x - start.x));
      put(characters, folded(c.start.y - start.y));
      start = c.start;
    }
    before = code;
    ++count;
  }

  std::string packed;
  put(packed, face->units_per_EM);
  FT_Done_Face(face);
  FT_Done_FreeType(library);
  put(packed, numbers.size());
  packed += contours;
  put(packed, count);
  packed += characters;
  std::FILE* file = std::fopen(argv[2], "wb");
  const bool written = file && std::fwrite(packed.data(), 1, packed.size(), file) == packed.size();
  return written && std::fclose(file) == 0 ? 0 : 1;
}
