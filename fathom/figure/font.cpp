#include "fathom/figure/font.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_MODULE_H
#include FT_OUTLINE_H

#include <cstdlib>
#include <stdexcept>

#include "fathom/figure/font_data.h"

// The two modules of FreeType that a TrueType font needs. FT_Init_FreeType would bring all of them
// into the program: Type 1, CFF, bitmap fonts, hinting, half a megabyte.
extern "C" const FT_Module_Class sfnt_module_class, tt_driver_class;

namespace fathom::figure {
namespace {

void* allocate(FT_Memory, long size) { return std::malloc(static_cast<std::size_t>(size)); }
void release(FT_Memory, void* block) { std::free(block); }
void* reallocate(FT_Memory, long, long size, void* block) {
  return std::realloc(block, static_cast<std::size_t>(size));
}
FT_MemoryRec_ memory{nullptr, allocate, release, reallocate};

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

// What FreeType's callbacks need to place a glyph.
struct Placing {
  const Font::Outline& to;
  double scale, x;
  bool open = false;
  Point place(const FT_Vector* v) const {
    return {x + static_cast<double>(v->x) * scale, -static_cast<double>(v->y) * scale};
  }
};

Placing& placing(void* user) { return *static_cast<Placing*>(user); }

int move_to(const FT_Vector* p, void* user) {
  if (placing(user).open) placing(user).to.close();
  placing(user).open = true;
  placing(user).to.move_to(placing(user).place(p));
  return 0;
}
int line_to(const FT_Vector* p, void* user) {
  placing(user).to.line_to(placing(user).place(p));
  return 0;
}
int conic_to(const FT_Vector* c, const FT_Vector* p, void* user) {
  placing(user).to.quadratic_to(placing(user).place(c), placing(user).place(p));
  return 0;
}
int cubic_to(const FT_Vector* c, const FT_Vector* d, const FT_Vector* p, void* user) {
  const Placing& at = placing(user);
  at.to.cubic_to(at.place(c), at.place(d), at.place(p));
  return 0;
}

}  // namespace

struct Font::Face {
  FT_Library library = nullptr;
  FT_Face face = nullptr;

  Face() {
    const auto data = font_data();
    if (FT_New_Library(&memory, &library) != 0 || FT_Add_Module(library, &sfnt_module_class) != 0 ||
        FT_Add_Module(library, &tt_driver_class) != 0)
      throw std::runtime_error("FreeType does not start");
    if (FT_New_Memory_Face(library, data.data(), static_cast<FT_Long>(data.size()), 0, &face) !=
        0) {
      FT_Done_Library(library);
      throw std::runtime_error("the carried font is damaged");
    }
  }
  ~Face() {
    FT_Done_Face(face);
    FT_Done_Library(library);
  }
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;

  // Loads a glyph in font units; returns how far it moves the pen.
  double load(char32_t code) const {
    if (FT_Load_Char(face, code, FT_LOAD_NO_SCALE | FT_LOAD_NO_BITMAP) != 0) return 0;
    return static_cast<double>(face->glyph->advance.x);
  }
  double scale(double size) const { return size / face->units_per_EM; }
};

Font::Font() : face_(std::make_unique<Face>()) {}
Font::~Font() = default;

double Font::width(std::string_view text, double size) const {
  double units = 0;
  while (!text.empty()) units += face_->load(next_character(text));
  return units * face_->scale(size);
}

void Font::outline(std::string_view text, double size, const Outline& to) const {
  FT_Outline_Funcs callbacks{};
  callbacks.move_to = move_to;
  callbacks.line_to = line_to;
  callbacks.conic_to = conic_to;
  callbacks.cubic_to = cubic_to;
  Placing placing{to, face_->scale(size), 0};
  while (!text.empty()) {
    const double advance = face_->load(next_character(text));
    placing.open = false;
    FT_Outline_Decompose(&face_->face->glyph->outline, &callbacks, &placing);
    if (placing.open) to.close();
    placing.x += advance * placing.scale;
  }
}

}  // namespace fathom::figure
