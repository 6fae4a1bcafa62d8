// The legend: in the corner where it hides the least.
#include <algorithm>
#include <limits>

#include "fathom/figure/draw.h"

namespace fathom::figure {
namespace {

std::vector<LegendEntry> entries_of(const AxesDescription& axes, const std::vector<Color>& colors) {
  using Kind = LegendEntry::Kind;
  std::vector<LegendEntry> entries;
  for (std::size_t i = 0; i < axes.marks.size(); ++i) {
    const Mark& mark = axes.marks[i];
    if (const auto* m = std::get_if<Line>(&mark))
      entries.push_back({m->style.label, colors[i], Kind::line, m->style.dashed, m->style.marker});
    if (const auto* m = std::get_if<Band>(&mark)) {
      Color tint = colors[i];
      tint.alpha *= m->style.alpha;
      entries.push_back({m->style.label, tint, Kind::patch});
    }
    if (const auto* m = std::get_if<Rule>(&mark))
      entries.push_back({m->style.label, colors[i], Kind::line, m->style.dashed});
    if (const auto* m = std::get_if<Scatter>(&mark))
      entries.push_back({m->style.label, colors[i], Kind::point, false, m->style.marker});
    if (const auto* m = std::get_if<Bars>(&mark))
      entries.push_back({m->style.label, colors[i], Kind::patch});
    if (const auto* m = std::get_if<Histogram>(&mark))
      entries.push_back({m->style.label, colors[i], Kind::patch});
  }
  std::erase_if(entries, [](const LegendEntry& entry) { return entry.label.empty(); });
  return entries;
}

// Places on the canvas that the legend should leave free.
std::vector<Point> drawn_points(const AxesDescription& axes, const Frame& frame) {
  std::vector<Point> points;
  const auto add = [&](Point p) {
    if (!std::isnan(p.x) && !std::isnan(p.y)) points.push_back(p);
  };
  for (const Mark& mark : axes.marks) {
    if (const auto* m = std::get_if<Scatter>(&mark))
      for (std::size_t i = 0; i < m->x.size(); ++i) add(frame(m->x[i], m->y[i]));
    if (const auto* m = std::get_if<Labels>(&mark))  // a name stands on one side or the other
      for (std::size_t i = 0; i < m->x.size(); ++i)
        for (const double aside : {-44.0, -22.0, 22.0, 44.0}) {
          const Point p = frame(m->x[i], m->y[i]);
          add({p.x + aside, p.y});
        }
    const auto add_curve = [&](const Values& x, const Values& y) {
      for (std::size_t i = 0; i + 1 < x.size(); ++i) {
        const Point a = frame(x[i], y[i]), b = frame(x[i + 1], y[i + 1]);
        const double length = std::hypot(b.x - a.x, b.y - a.y);
        if (!std::isfinite(length)) continue;
        const int steps = std::clamp(static_cast<int>(length / 6), 1, 200);
        for (int k = 0; k <= steps; ++k)
          add({a.x + (b.x - a.x) * k / steps, a.y + (b.y - a.y) * k / steps});
      }
    };
    if (const auto* m = std::get_if<Line>(&mark)) add_curve(m->x, m->y);
    if (const auto* m = std::get_if<Band>(&mark)) {
      add_curve(m->x, m->low);
      add_curve(m->x, m->high);
    }
    const auto add_bar = [&](double left, double right, double value) {
      constexpr int steps = 60;  // closer than a legend is high
      for (const double x : {left, (left + right) / 2, right})
        for (int k = 0; k <= steps; ++k) add(frame(x, value * k / steps));
    };
    if (const auto* m = std::get_if<Bars>(&mark))
      for (std::size_t i = 0; i < m->values.size(); ++i)
        add_bar(static_cast<double>(i) - 0.38, static_cast<double>(i) + 0.38, m->values[i]);
    if (const auto* m = std::get_if<Histogram>(&mark))
      for (std::size_t i = 0; i < m->counts.size(); ++i)
        add_bar(m->edges[i], m->edges[i + 1], m->counts[i]);
  }
  return points;
}

constexpr double legend_margin = 8, padding = 7, sample = 22, line_height = style::legend * 1.55;

Rect place_legend(LegendPlace place, const Rect& area, double width, double height) {
  const bool right = place == LegendPlace::top_right || place == LegendPlace::bottom_right;
  const bool bottom = place == LegendPlace::bottom_left || place == LegendPlace::bottom_right;
  return {right ? area.right() - legend_margin - width : area.x + legend_margin,
          bottom ? area.bottom() - legend_margin - height : area.y + legend_margin, width, height};
}

struct Legend {
  std::vector<LegendEntry> entries;
  Rect box;
  std::ptrdiff_t hidden = 0;  // how much of what is drawn lies below it
};

Legend lay_out(const AxesDescription& axes, const std::vector<Color>& colors, const Frame& frame,
               const Font& font) {
  Legend legend{entries_of(axes, colors), {}, 0};
  if (legend.entries.empty() || axes.legend == LegendPlace::none) return {};
  double widest = 0;
  for (const auto& entry : legend.entries)
    widest = std::max(widest, font.width(entry.label, style::legend));
  const double width = padding * 2 + sample + 7 + widest;
  const double height = padding * 2 + line_height * static_cast<double>(legend.entries.size()) - 5;
  if (axes.legend != LegendPlace::best) {
    legend.box = place_legend(axes.legend, frame.area, width, height);
    return legend;
  }
  const auto points = drawn_points(axes, frame);
  legend.hidden = std::numeric_limits<std::ptrdiff_t>::max();
  for (const LegendPlace place : {LegendPlace::top_right, LegendPlace::bottom_right,
                                  LegendPlace::top_left, LegendPlace::bottom_left}) {
    const Rect r = place_legend(place, frame.area, width, height);
    const auto hidden = std::ranges::count_if(points, [&](const Point& p) {
      return p.x > r.x - 4 && p.x < r.right() + 4 && p.y > r.y - 4 && p.y < r.bottom() + 4;
    });
    if (hidden < legend.hidden) legend.hidden = hidden, legend.box = r;
  }
  return legend;
}

}  // namespace

double legend_room(const AxesDescription& axes, const std::vector<Color>& colors,
                   const Frame& frame, const Font& font) {
  const Legend legend = lay_out(axes, colors, frame, font);
  return legend.hidden > 0 ? legend.box.height + 2 * legend_margin : 0;
}

void draw_legend(const AxesDescription& axes, const std::vector<Color>& colors, const Frame& frame,
                 const Font& font, Canvas& canvas) {
  const Legend legend = lay_out(axes, colors, frame, font);
  if (legend.entries.empty()) return;
  const Rect& box = legend.box;
  canvas.rectangle(box, Color{255, 255, 255, 0.88}, Stroke{{205, 205, 205}, 0.8});
  double y = box.y + padding + style::legend * 0.62;
  for (const auto& entry : legend.entries) {
    const double x = box.x + padding;
    if (entry.kind == LegendEntry::Kind::line) {
      const Point ends[] = {{x, y}, {x + sample, y}};
      // What is drawn in a light colour on a dark plane must be seen on the white of the legend.
      if (luminance(entry.color) > 0.8) canvas.polyline(ends, {style::axis, 4});
      canvas.polyline(ends, {entry.color, 1.8, entry.dashed});
    }
    if (entry.kind == LegendEntry::Kind::patch)
      canvas.rectangle({x + 2, y - 4.5, sample - 4, 9}, entry.color, std::nullopt);
    draw_marker({x + sample / 2, y}, 6.5, entry.marker, entry.color, true, canvas);
    canvas.text({x + sample + 7, y + style::legend * Font::cap_height / 2}, entry.label,
                {style::legend, style::ink});
    y += line_height;
  }
}

}  // namespace fathom::figure
