// Anti-aliased drawing by AGG, as matplotlib has it; letters are filled outlines.
#include <agg_conv_curve.h>
#include <agg_conv_dash.h>
#include <agg_conv_stroke.h>
#include <agg_conv_transform.h>
#include <agg_ellipse.h>
#include <agg_path_storage.h>
#include <agg_pixfmt_rgb.h>
#include <agg_rasterizer_scanline_aa.h>
#include <agg_renderer_base.h>
#include <agg_renderer_scanline.h>
#include <agg_scanline_u.h>
#include <agg_trans_affine.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fathom/figure/canvas.h"
#include "fathom/figure/font.h"
#include "fathom/io/png.h"

namespace fathom::figure {
namespace {

agg::rgba8 agg_color(Color c) {
  return {c.r, c.g, c.b, static_cast<unsigned>(std::lround(c.alpha * 255))};
}

class PngCanvas final : public Canvas {
 public:
  PngCanvas(double width, double height, double scale)
      : scale_(scale),
        width_(static_cast<int>(std::lround(width * scale))),
        height_(static_cast<int>(std::lround(height * scale))),
        pixels_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 3, 255),
        buffer_(pixels_.data(), static_cast<unsigned>(width_), static_cast<unsigned>(height_),
                width_ * 3),
        format_(buffer_),
        base_(format_),
        renderer_(base_) {
    clip(std::nullopt);
  }

  void polyline(std::span<const Point> points, const Stroke& stroke) override {
    agg::path_storage path = path_of(points);
    draw(path, stroke);
  }
  void polygon(std::span<const Point> points, std::optional<Color> fill,
               const std::optional<Stroke>& stroke) override {
    agg::path_storage path = path_of(points);
    path.close_polygon();
    if (fill) {
      rasterizer_.add_path(path);
      render(*fill);
    }
    if (stroke) draw(path, *stroke);
  }
  void circle(Point center, double radius, std::optional<Color> fill,
              const std::optional<Stroke>& stroke) override {
    agg::ellipse ellipse(center.x * scale_, center.y * scale_, radius * scale_, radius * scale_,
                         48);
    if (fill) {
      rasterizer_.add_path(ellipse);
      render(*fill);
    }
    if (stroke) {
      agg::path_storage path;
      path.concat_path(ellipse);
      draw(path, *stroke);
    }
  }
  void text(Point at, std::string_view text, const TextStyle& style) override {
    agg::path_storage path;
    font_.outline(
        text, style.size * scale_,
        {[&](Point p) { path.move_to(p.x, p.y); }, [&](Point p) { path.line_to(p.x, p.y); },
         [&](Point c, Point p) { path.curve3(c.x, c.y, p.x, p.y); },
         [&] { path.close_polygon(); }});
    const double width = font_.width(text, style.size * scale_);
    const double shift = style.anchor == Anchor::start    ? 0
                         : style.anchor == Anchor::middle ? width / 2
                                                          : width;
    agg::trans_affine place = agg::trans_affine_translation(-shift, 0);
    place *= agg::trans_affine_rotation(-style.angle * std::numbers::pi / 180);
    place *= agg::trans_affine_translation(at.x * scale_, at.y * scale_);
    agg::conv_curve<agg::path_storage> curves(path);
    agg::conv_transform<decltype(curves)> placed(curves, place);
    rasterizer_.add_path(placed);
    render(style.color);
  }
  void image(const Rect& where, int width, int height, std::span<const std::uint8_t> rgb) override {
    // The centre of each pixel of the canvas takes the pixel of the picture that it falls in.
    const double x0 = where.x * scale_, y0 = where.y * scale_;
    const double step_x = width / (where.width * scale_);
    const double step_y = height / (where.height * scale_);
    const auto first = [](double from, int low) {
      return std::max(low, static_cast<int>(std::ceil(from - 0.5)));
    };
    const int right = std::min(clip_x1_, first(where.right() * scale_, 0));
    const int bottom = std::min(clip_y1_, first(where.bottom() * scale_, 0));
    for (int y = first(y0, clip_y0_); y < bottom; ++y)
      for (int x = first(x0, clip_x0_); x < right; ++x) {
        const int i = std::clamp(static_cast<int>((x + 0.5 - x0) * step_x), 0, width - 1);
        const int j = std::clamp(static_cast<int>((y + 0.5 - y0) * step_y), 0, height - 1);
        const auto from = rgb.begin() + (static_cast<std::ptrdiff_t>(j) * width + i) * 3;
        std::copy_n(from, 3, pixels_.begin() + (static_cast<std::ptrdiff_t>(y) * width_ + x) * 3);
      }
  }
  void clip(std::optional<Rect> where) override {
    const Rect all{0, 0, width_ / scale_, height_ / scale_};
    const Rect r = where.value_or(all);
    clip_x0_ = std::clamp(static_cast<int>(std::lround(r.x * scale_)), 0, width_);
    clip_y0_ = std::clamp(static_cast<int>(std::lround(r.y * scale_)), 0, height_);
    clip_x1_ = std::clamp(static_cast<int>(std::lround(r.right() * scale_)), 0, width_);
    clip_y1_ = std::clamp(static_cast<int>(std::lround(r.bottom() * scale_)), 0, height_);
    rasterizer_.clip_box(clip_x0_, clip_y0_, clip_x1_, clip_y1_);
  }
  std::vector<std::uint8_t> finish() override {
    return io::png_bytes(pixels_.data(), width_, height_, 3, io::PngContent::drawing);
  }

 private:
  agg::path_storage path_of(std::span<const Point> points) const {
    agg::path_storage path;
    bool pen_down = false;
    for (const Point& p : points) {
      const bool gap = std::isnan(p.x) || std::isnan(p.y);
      if (!gap && pen_down) path.line_to(p.x * scale_, p.y * scale_);
      if (!gap && !pen_down) path.move_to(p.x * scale_, p.y * scale_);
      pen_down = !gap;
    }
    return path;
  }
  template <class Source>
  void stroke_path(Source& source, const Stroke& stroke, agg::line_cap_e cap) {
    agg::conv_stroke<Source> line(source);
    line.width(stroke.width * scale_);
    line.line_join(agg::round_join);
    line.line_cap(cap);
    rasterizer_.add_path(line);
    render(stroke.color);
  }
  void draw(agg::path_storage& path, const Stroke& stroke) {
    if (!stroke.dashed) return stroke_path(path, stroke, agg::round_cap);
    agg::conv_dash<agg::path_storage> dashes(path);
    dashes.add_dash(stroke.width * 3 * scale_, stroke.width * 2 * scale_);
    stroke_path(dashes, stroke, agg::butt_cap);
  }
  void render(Color color) {
    renderer_.color(agg_color(color));
    agg::render_scanlines(rasterizer_, scanline_, renderer_);
    rasterizer_.reset();
  }

  double scale_;
  int width_, height_;
  std::vector<std::uint8_t> pixels_;
  agg::rendering_buffer buffer_;
  agg::pixfmt_rgb24 format_;
  agg::renderer_base<agg::pixfmt_rgb24> base_;
  agg::renderer_scanline_aa_solid<agg::renderer_base<agg::pixfmt_rgb24>> renderer_;
  agg::rasterizer_scanline_aa<> rasterizer_;
  agg::scanline_u8 scanline_;
  Font font_;
  int clip_x0_ = 0, clip_y0_ = 0, clip_x1_ = 0, clip_y1_ = 0;
};

}  // namespace

std::unique_ptr<Canvas> make_png_canvas(double width, double height, double scale) {
  return std::make_unique<PngCanvas>(width, height, scale);
}

}  // namespace fathom::figure
