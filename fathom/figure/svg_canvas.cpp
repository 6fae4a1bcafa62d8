#include <fmt/core.h>

#include <cmath>

#include "fathom/figure/canvas.h"
#include "fathom/io/png.h"

namespace fathom::figure {
namespace {

// Hundredths of a unit are enough, and the same text on every machine.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

// Text for XML 1.0: markup is escaped, and what XML cannot hold becomes U+FFFD.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      switch (c) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        default:
          out += c < 32 && c != '\t' && c != '\n' ? "\ufffd" : std::string(1, text[i]);
      }
      continue;
    }
    const std::size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    bool good = c >= 0xc2 && c <= 0xf4 && i + more < text.size();
    for (std::size_t j = 1; good && j <= more; ++j)
      good = (static_cast<unsigned char>(text[i + j]) & 0xc0) == 0x80;
    if (good && more > 1) {  // overlong, surrogates, beyond U+10FFFF, U+FFFE and U+FFFF
      const auto d = static_cast<unsigned char>(text[i + 1]);
      good = !(c == 0xe0 && d < 0xa0) && !(c == 0xed && d >= 0xa0) && !(c == 0xf0 && d < 0x90) &&
             !(c == 0xf4 && d >= 0x90) && text.substr(i, 2) != "\xef\xbf";
    }
    if (good) {
      out += text.substr(i, more + 1);
      i += more;
    } else {
      out += "\ufffd";
    }
  }
  return out;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  static constexpr char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const unsigned group =
        bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    out += digits[group >> 18 & 63];
    out += digits[group >> 12 & 63];
    out += left > 1 ? digits[group >> 6 & 63] : '=';
    out += left > 2 ? digits[group & 63] : '=';
  }
  return out;
}

std::string paint(const char* property, std::optional<Color> color) {
  if (!color) return fmt::format(" {}=\"none\"", property);
  std::string text =
      fmt::format(" {}=\"#{:02x}{:02x}{:02x}\"", property, color->r, color->g, color->b);
  if (color->alpha < 1) text += fmt::format(" {}-opacity=\"{}\"", property, number(color->alpha));
  return text;
}

std::string paint(const std::optional<Stroke>& stroke) {
  if (!stroke) return "";
  std::string text = paint("stroke", stroke->color);
  text += fmt::format(" stroke-width=\"{}\"", number(stroke->width));
  if (stroke->dashed)
    text += fmt::format(" stroke-dasharray=\"{} {}\" stroke-linecap=\"butt\"",
                        number(stroke->width * 3), number(stroke->width * 2));
  return text;
}

class SvgCanvas final : public Canvas {
 public:
  SvgCanvas(double width, double height) {
    const std::string w = number(width), h = number(height);
    out_ = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
        "{1}\" font-family=\"'DejaVu Sans', Verdana, sans-serif\" stroke-linejoin=\"round\" "
        "stroke-linecap=\"round\">\n",
        w, h);
  }

  void polyline(std::span<const Point> points, const Stroke& stroke) override {
    const std::string path = path_of(points);
    if (path.empty()) return;
    out_ += fmt::format("<path d=\"{}\" fill=\"none\"{}/>\n", path, paint(stroke));
  }
  void polygon(std::span<const Point> points, std::optional<Color> fill,
               const std::optional<Stroke>& stroke) override {
    out_ +=
        fmt::format("<path d=\"{}Z\"{}{}/>\n", path_of(points), paint("fill", fill), paint(stroke));
  }
  void circle(Point center, double radius, std::optional<Color> fill,
              const std::optional<Stroke>& stroke) override {
    out_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}{}/>\n", number(center.x),
                        number(center.y), number(radius), paint("fill", fill), paint(stroke));
  }
  void text(Point at, std::string_view text, const TextStyle& style) override {
    static constexpr const char* anchors[] = {"start", "middle", "end"};
    std::string turn;
    if (style.angle != 0)
      turn = fmt::format(" transform=\"rotate({} {} {})\"", number(-style.angle), number(at.x),
                         number(at.y));
    out_ += fmt::format(
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\"{}{}>{}</text>\n", number(at.x),
        number(at.y), number(style.size), anchors[static_cast<int>(style.anchor)],
        paint("fill", style.color), turn, escaped(text));
  }
  void image(const Rect& where, int width, int height, std::span<const std::uint8_t> rgb) override {
    out_ += fmt::format(
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" "
        "style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>\n",
        number(where.x), number(where.y), number(where.width), number(where.height),
        base64(io::png_bytes(rgb.data(), width, height, 3, io::PngContent::drawing)));
  }
  void clip(std::optional<Rect> where) override {
    if (clipped_) out_ += "</g>\n";
    clipped_ = where.has_value();
    if (!where) return;
    ++clips_;
    out_ += fmt::format(
        "<clipPath id=\"clip{0}\"><rect x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\"/>"
        "</clipPath>\n<g clip-path=\"url(#clip{0})\">\n",
        clips_, number(where->x), number(where->y), number(where->width), number(where->height));
  }
  std::vector<std::uint8_t> finish() override {
    clip(std::nullopt);
    out_ += "</svg>\n";
    return {out_.begin(), out_.end()};
  }

 private:
  static std::string path_of(std::span<const Point> points) {
    std::string path;
    bool pen_down = false;
    for (const Point& p : points) {
      const bool gap = std::isnan(p.x) || std::isnan(p.y);
      if (!gap) path += fmt::format("{}{} {}", pen_down ? 'L' : 'M', number(p.x), number(p.y));
      pen_down = !gap;
    }
    return path;
  }

  std::string out_;
  bool clipped_ = false;
  int clips_ = 0;
};

}  // namespace

std::unique_ptr<Canvas> make_svg_canvas(double width, double height) {
  return std::make_unique<SvgCanvas>(width, height);
}

}  // namespace fathom::figure
