// Lines, points, bars and cells.
#include <fmt/core.h>

#include <algorithm>

#include "fathom/figure/draw.h"

namespace fathom::figure {
namespace {

template <class... Functions> struct Overload : Functions... { using Functions::operator()...; };

void draw_line(const Line& line, Color color, const Frame& frame, Canvas& canvas) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < line.x.size(); ++i) points.push_back(frame(line.x[i], line.y[i]));
  canvas.polyline(points, {color, line.style.width, line.style.dashed});
  // A single value has no line; a point shows that it is there.
  Marker marker = line.style.marker;
  if (points.size() == 1 && marker == Marker::none) marker = Marker::circle;
  if (marker == Marker::none) return;
  for (const Point& p : points) draw_marker(p, line.style.width * 3.2, marker, color, true, canvas);
}

// A filled stretch between each two gaps.
void draw_band(const Band& band, Color color, const Frame& frame, Canvas& canvas) {
  color.alpha *= band.style.alpha;
  std::vector<Point> upper, outline;
  const auto fill = [&] {
    outline.insert(outline.end(), upper.rbegin(), upper.rend());
    if (upper.size() > 1) canvas.polygon(outline, color, std::nullopt);
    upper.clear();
    outline.clear();
  };
  for (std::size_t i = 0; i < band.x.size(); ++i) {
    const Point low = frame(band.x[i], band.low[i]), high = frame(band.x[i], band.high[i]);
    if (std::isnan(low.x) || std::isnan(low.y) || std::isnan(high.y)) {
      fill();
      continue;
    }
    outline.push_back(low);
    upper.push_back(high);
  }
  fill();
}

void draw_rule(const Rule& rule, const Frame& frame, Canvas& canvas) {
  const Rect& area = frame.area;
  const double place = rule.vertical ? frame.x(rule.at) : frame.y(rule.at);
  const Point ends[] = {rule.vertical ? Point{place, area.bottom()} : Point{area.x, place},
                        rule.vertical ? Point{place, area.y} : Point{area.right(), place}};
  canvas.polyline(ends, {rule.style.color, rule.style.width, rule.style.dashed});
}

void draw_scatter(const Scatter& scatter, Color color, const Frame& frame, Canvas& canvas) {
  for (std::size_t i = 0; i < scatter.x.size(); ++i)
    draw_marker(frame(scatter.x[i], scatter.y[i]), scatter.style.size, scatter.style.marker, color,
                true, canvas);
}

/// The area that two rectangles share.
double shared(const Rect& a, const Rect& b) {
  const double width = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const double height = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return std::max(width, 0.0) * std::max(height, 0.0);
}

// Each name stands where it covers least of points and of the names before it.
void draw_labels(const Labels& labels, const Frame& frame, const Font& font, Canvas& canvas) {
  constexpr double gap = 5, point = 6;
  const double size = labels.style.size, height = size * Font::cap_height;
  std::vector<Rect> taken;
  for (std::size_t i = 0; i < labels.names.size(); ++i) {
    const Point at = frame(labels.x[i], labels.y[i]);
    if (!std::isnan(at.x) && !std::isnan(at.y))
      taken.push_back({at.x - point / 2, at.y - point / 2, point, point});
  }
  for (std::size_t i = 0; i < labels.names.size(); ++i) {
    const Point at = frame(labels.x[i], labels.y[i]);
    if (std::isnan(at.x) || std::isnan(at.y)) continue;
    const double width = font.width(labels.names[i], size);
    const Rect places[] = {{at.x + gap, at.y - height / 2, width, height},
                           {at.x - gap - width, at.y - height / 2, width, height},
                           {at.x - width / 2, at.y - gap - height, width, height},
                           {at.x - width / 2, at.y + gap, width, height}};
    const auto covered = [&](const Rect& r) {
      double area = 4 * (width * height - shared(r, frame.area));
      const Rect wide{r.x - 1, r.y - 1, r.width + 2, r.height + 2};
      for (const Rect& other : taken) area += shared(wide, other);
      return area;
    };
    const Rect& place = *std::ranges::min_element(places, {}, covered);
    taken.push_back(place);
    canvas.text({place.x, place.bottom()}, labels.names[i], {size, labels.style.color});
  }
}

double bar_base(const Frame& frame) { return frame.y.log ? frame.y.from : frame.y(0); }

// A bar from the base line to a value, whichever is above.
Rect bar_rect(double left, double right, double top, double base) {
  return {left, std::min(top, base), right - left, std::abs(base - top)};
}

void draw_bars(const Bars& bars, Color color, const AxesDescription& axes, const Frame& frame,
               const Font& font, Canvas& canvas) {
  const auto series = std::ranges::count_if(
      axes.marks, [](const Mark& mark) { return std::holds_alternative<Bars>(mark); });
  const double width = 0.76 / static_cast<double>(series);
  if (const double base = bar_base(frame); bars.series == 0 && base < frame.area.bottom()) {
    const Point ends[] = {{frame.area.x, base}, {frame.area.right(), base}};
    canvas.polyline(ends, {style::axis, 0.8});
  }
  for (std::size_t i = 0; i < bars.values.size(); ++i) {
    const double top = frame.y(bars.values[i]);
    if (std::isnan(top)) continue;
    const double left = static_cast<double>(i) - 0.38 + width * bars.series;
    const Rect rect = bar_rect(frame.x(left), frame.x(left + width * 0.94), top, bar_base(frame));
    canvas.rectangle(rect, color, std::nullopt);
    if (!bars.style.show_values) continue;
    const std::string text = number_label(bars.values[i]);
    const double size = std::min(style::tick, style::tick * rect.width * 1.25 /
                                                  std::max(font.width(text, style::tick), 1.0));
    if (size >= 6)
      canvas.text({rect.center().x, bars.values[i] < 0 ? rect.bottom() + size : rect.y - 3}, text,
                  {size, style::ink, Anchor::middle});
  }
}

void draw_histogram(const Histogram& histogram, Color color, const Frame& frame, Canvas& canvas) {
  color.alpha *= 0.8;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    const double top = frame.y(histogram.counts[i]);
    const double left = frame.x(histogram.edges[i]), right = frame.x(histogram.edges[i + 1]);
    if (std::isnan(top) || std::isnan(left) || histogram.counts[i] == 0) continue;
    canvas.rectangle(bar_rect(left, right, top, bar_base(frame)), color,
                     Stroke{style::white, std::min(0.8, (right - left) * 0.2)});
  }
}

// As many decimals as the values need to be told apart, up to 2.
int decimals_of(const Values& values) {
  int decimals = 0;
  for (const double v : values)
    for (int d = decimals; d < 2; ++d)
      if (std::isfinite(v) &&
          std::abs(v * std::pow(10, d) - std::round(v * std::pow(10, d))) > 1e-6)
        decimals = d + 1;
  return decimals;
}

void draw_heat_map(const HeatMap& heat, const Frame& frame, const Font& font, Canvas& canvas) {
  const auto [low, high] = color_range(heat);
  const int decimals = heat.style.decimals >= 0 ? heat.style.decimals : decimals_of(heat.values);
  const double cell = std::abs(frame.x(1) - frame.x(0)),
               cell_height = std::abs(frame.y(1) - frame.y(0));
  double widest = 1;
  for (const double v : heat.values)
    widest = std::max(widest, font.width(number_label(v, decimals), 1));
  const double size = std::min({style::value, cell * 0.84 / widest, cell_height * 0.6});
  for (int row = 0; row < heat.rows; ++row)
    for (int column = 0; column < heat.columns; ++column) {
      const double v = heat.values[static_cast<std::size_t>(row * heat.columns + column)];
      const Point a = frame(column - 0.5, row - 0.5), b = frame(column + 0.5, row + 0.5);
      const Color color = std::isfinite(v)
                              ? map_color(heat.style.colormap, (v - low) / (high - low))
                              : Color{200, 200, 200};
      canvas.rectangle({a.x, a.y, b.x - a.x, b.y - a.y}, color,
                       Stroke{style::white, std::min(1.2, cell * 0.05)});
      if (!heat.style.show_values || size < 4.5) continue;
      const std::string text = std::isfinite(v) ? number_label(v, decimals) : "";
      canvas.text({(a.x + b.x) / 2, (a.y + b.y) / 2 + size * Font::cap_height / 2}, text,
                  {size, luminance(color) > 0.3 ? style::ink : style::white, Anchor::middle});
    }
}

}  // namespace

void draw_marker(Point at, double size, Marker marker, Color color, bool edge, Canvas& canvas) {
  if (std::isnan(at.x) || std::isnan(at.y)) return;
  const double r = size / 2;
  const std::optional<Stroke> stroke =
      edge ? std::optional(Stroke{luminance(color) > 0.8 ? style::axis : style::white, 0.6})
           : std::nullopt;
  const auto shape = [&](std::initializer_list<Point> corners) {
    std::vector<Point> points;
    for (const Point& p : corners) points.push_back({at.x + p.x * r, at.y + p.y * r});
    canvas.polygon(points, color, stroke);
  };
  switch (marker) {
    case Marker::none:
      break;
    case Marker::circle:
      canvas.circle(at, r, color, stroke);
      break;
    case Marker::ring:
      canvas.circle(at, r, std::nullopt, Stroke{color, std::max(1.2, size / 7)});
      break;
    case Marker::square:
      shape({{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}});
      break;
    case Marker::triangle:
      shape({{0, -1.2}, {1.1, 0.8}, {-1.1, 0.8}});
      break;
    case Marker::diamond:
      shape({{0, -1.25}, {1.1, 0}, {0, 1.25}, {-1.1, 0}});
      break;
  }
}

std::vector<Color> mark_colors(const AxesDescription& axes) {
  std::vector<Color> colors;
  std::size_t next = 0;
  for (const Mark& mark : axes.marks) {
    const std::optional<Color>* own = nullptr;
    if (const auto* band = std::get_if<Band>(&mark)) {
      colors.push_back(band->style.color.value_or(series_color(next)));
      continue;
    }
    if (const auto* rule = std::get_if<Rule>(&mark)) {
      colors.push_back(rule->style.color);
      continue;
    }
    if (const auto* labels = std::get_if<Labels>(&mark)) {
      colors.push_back(labels->style.color);
      continue;
    }
    if (const auto* line = std::get_if<Line>(&mark)) own = &line->style.color;
    if (const auto* scatter = std::get_if<Scatter>(&mark)) own = &scatter->style.color;
    if (const auto* bars = std::get_if<Bars>(&mark)) own = &bars->style.color;
    if (const auto* histogram = std::get_if<Histogram>(&mark)) own = &histogram->style.color;
    colors.push_back(own && *own ? **own : series_color(next));
    if (own && !*own) ++next;
  }
  return colors;
}

void draw_mark(const Mark& mark, Color color, const AxesDescription& axes, const Frame& frame,
               const Font& font, Canvas& canvas) {
  std::visit(
      Overload{[&](const Line& m) { draw_line(m, color, frame, canvas); },
               [&](const Band& m) { draw_band(m, color, frame, canvas); },
               [&](const Rule& m) { draw_rule(m, frame, canvas); },
               [&](const Scatter& m) { draw_scatter(m, color, frame, canvas); },
               [&](const Labels& m) { draw_labels(m, frame, font, canvas); },
               [&](const Bars& m) { draw_bars(m, color, axes, frame, font, canvas); },
               [&](const Histogram& m) { draw_histogram(m, color, frame, canvas); },
               [&](const HeatMap& m) { draw_heat_map(m, frame, font, canvas); },
               [&](const Contour& m) { draw_contour(m, frame, canvas); },
               [&](const Regions& m) { draw_regions(m, frame, canvas); }, [&](const Tiles&) {}},
      mark);
}

}  // namespace fathom::figure
