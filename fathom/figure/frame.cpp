// The frame of a plot: the ranges of its axes, their ticks, the room that labels take, and the
// lines and texts around the marks.
#include <algorithm>
#include <limits>

#include "fathom/figure/draw.h"

namespace fathom::figure {
namespace {

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool tight = false;  // no free space at the ends
  bool from_zero = false;
  bool whole = true;   // all values are whole numbers
  double room = 0.05;  // at the ends, as a part of the range

  void add(double v, bool log) {
    if (!std::isfinite(v) || (log && v <= 0)) return;
    whole = whole && v == std::floor(v);
    low = std::min(low, v);
    high = std::max(high, v);
  }
  void add(const Values& values, bool log) {
    for (const double v : values) add(v, log);
  }
  // The range shown: never empty, and a little wider than the data.
  std::pair<double, double> shown(bool log) const {
    double a = low, b = high;
    if (!(a <= b)) a = log ? 1 : 0, b = log ? 10 : 1;
    if (a == b) {
      const double half = a == 0 ? 1 : std::abs(a) * 0.1;
      return log ? std::pair(a / 2, b * 2) : std::pair(a - half, b + half);
    }
    if (tight) return {a, b};
    if (log) {
      const double factor = std::pow(b / a, room);
      return {a / factor, b * factor};
    }
    const double more = (b - a) * room;
    return {from_zero && low >= 0 ? 0 : a - more, from_zero && high <= 0 ? 0 : b + more};
  }
};

struct Ranges {
  Range x{.room = 0.035}, y;
};

Ranges data_ranges(const AxesDescription& axes) {
  Ranges r;
  const auto add_grid = [&](const Grid& grid) {
    r.x.add(Values{grid.x_low, grid.x_high}, axes.log_x);
    r.y.add(Values{grid.y_low, grid.y_high}, axes.log_y);
    r.x.tight = r.y.tight = true;
  };
  for (const Mark& mark : axes.marks) {
    if (const auto* line = std::get_if<Line>(&mark)) {
      r.x.add(line->x, axes.log_x);
      r.y.add(line->y, axes.log_y);
    } else if (const auto* band = std::get_if<Band>(&mark)) {
      r.x.add(band->x, axes.log_x);
      r.y.add(band->low, axes.log_y);
      r.y.add(band->high, axes.log_y);
    } else if (const auto* rule = std::get_if<Rule>(&mark)) {
      (rule->vertical ? r.x : r.y).add(rule->at, rule->vertical ? axes.log_x : axes.log_y);
    } else if (const auto* scatter = std::get_if<Scatter>(&mark)) {
      r.x.add(scatter->x, axes.log_x);
      r.y.add(scatter->y, axes.log_y);
    } else if (const auto* labels = std::get_if<Labels>(&mark)) {
      r.x.add(labels->x, axes.log_x);
      r.y.add(labels->y, axes.log_y);
      r.x.room = 0.12;
    } else if (const auto* bars = std::get_if<Bars>(&mark)) {
      r.y.add(bars->values, axes.log_y);
      r.y.add(0, axes.log_y);
      r.y.from_zero = true;
      if (bars->style.show_values) r.y.room = 0.1;
    } else if (const auto* histogram = std::get_if<Histogram>(&mark)) {
      r.x.add(histogram->edges, axes.log_x);
      r.y.add(histogram->counts, axes.log_y);
      r.y.add(0, axes.log_y);
      r.y.from_zero = true;
    } else if (const auto* contour = std::get_if<Contour>(&mark)) {
      add_grid(contour->grid);
    } else if (const auto* regions = std::get_if<Regions>(&mark)) {
      add_grid(regions->grid);
    }
  }
  return r;
}

std::vector<Tick> name_ticks(const std::vector<std::string>& names) {
  std::vector<Tick> ticks;
  for (std::size_t i = 0; i < names.size(); ++i)
    ticks.push_back({static_cast<double>(i), names[i]});
  return ticks;
}

double widest(const std::vector<Tick>& ticks, const Font& font) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, font.width(tick.label, style::tick));
  return width;
}

std::vector<Tick> value_ticks(const Scale& scale, double length, double distance,
                              bool whole = false) {
  const int wanted = std::clamp(static_cast<int>(length / distance), 2, 10);
  if (scale.log) return log_ticks(scale.low, scale.high, wanted);
  auto ticks = linear_ticks(scale.low, scale.high, wanted, whole);
  // Fewer than three say too little of an axis.
  return ticks.size() < 3 ? linear_ticks(scale.low, scale.high, 2 * wanted, whole) : ticks;
}

// Shrinks one side around the middle so that width : height is as given.
void fit_aspect(Rect& area, double aspect) {
  const Point middle = area.center();
  if (area.width > area.height * aspect)
    area.width = area.height * aspect;
  else
    area.height = area.width / aspect;
  area.x = middle.x - area.width / 2;
  area.y = middle.y - area.height / 2;
}

std::optional<ColorBar> color_bar(const AxesDescription& axes) {
  for (const Mark& mark : axes.marks) {
    if (const auto* heat = std::get_if<HeatMap>(&mark); heat && heat->style.color_bar) {
      const auto [low, high] = color_range(*heat);
      return ColorBar{.map = heat->style.colormap,
                      .low = low,
                      .high = high,
                      .ticks = linear_ticks(low, high, 6),
                      .label = heat->style.bar_label};
    }
    if (const auto* contour = std::get_if<Contour>(&mark);
        contour && contour->style.color_bar && contour->style.filled) {
      auto levels = contour_levels(*contour);  // each step as high as the next, whatever it spans
      for (std::size_t i = 0; i < levels.size(); ++i) levels[i].value = static_cast<double>(i);
      return ColorBar{.map = contour->style.colormap,
                      .fade = contour->style.fade,
                      .high = levels.back().value,
                      .steps = static_cast<int>(levels.size()) - 1,
                      .ticks = levels,
                      .label = contour->style.bar_label};
    }
  }
  return std::nullopt;
}

constexpr double bar_gap = 14, bar_width = 13;
constexpr double slant = 0.7071;  // of names at 45 degrees

}  // namespace

std::pair<double, double> finite_range(const Values& values) {
  Range range;
  range.add(values, false);
  if (!(range.low <= range.high)) return {0, 1};
  if (range.low == range.high) return {range.low, range.low + 1};
  return {range.low, range.high};
}

std::pair<double, double> color_range(const HeatMap& heat) {
  auto [low, high] = finite_range(heat.values);
  if (heat.style.colormap == Colormap::red_blue) {
    high = std::max(std::abs(low), std::abs(high));
    low = -high;
  }
  low = heat.style.low.value_or(low);
  high = heat.style.high.value_or(high);
  return {low, high > low ? high : low + 1};
}

Frame make_frame(const AxesDescription& axes, const Rect& cell, const Font& font,
                 double head_room) {
  Frame f;
  f.bar = color_bar(axes);
  const HeatMap* heat = nullptr;
  for (const Mark& mark : axes.marks)
    if (const auto* found = std::get_if<HeatMap>(&mark)) heat = found;

  const Ranges ranges = data_ranges(axes);
  f.x.log = axes.log_x && !heat && axes.bar_names.empty();
  f.y.log = axes.log_y && !heat;
  std::tie(f.x.low, f.x.high) = axes.x_range.value_or(ranges.x.shown(f.x.log));
  std::tie(f.y.low, f.y.high) = axes.y_range.value_or(ranges.y.shown(f.y.log));
  for (Scale* scale : {&f.x, &f.y})
    if (scale->log && scale->low <= 0)
      scale->low = scale->high > 0 ? scale->high * 1e-6 : 1,
      scale->high = std::max(scale->high, scale->low * 10);
  const std::vector<std::string>& names = heat ? heat->style.column_names : axes.bar_names;
  if (!names.empty()) {
    f.x.low = -0.5, f.x.high = static_cast<double>(names.size()) - 0.5;
    f.x_ticks = name_ticks(names);
    f.grid_x = false;
  }
  if (heat) {
    f.y.low = heat->rows - 0.5, f.y.high = -0.5;  // the first row on top
    f.y_ticks = name_ticks(heat->style.row_names);
    f.grid_y = f.spines = false;
  }
  for (const Mark& mark : axes.marks)
    if (std::holds_alternative<Contour>(mark) || std::holds_alternative<Regions>(mark))
      f.grid_x = f.grid_y = false;

  // The room around the area. Ticks of y need a height, names below it a width: guess, then
  // measure.
  const double top = axes.title.empty() ? 8 : style::title * 1.9;
  double bottom = style::tick * 1.9 + (axes.x_label.empty() ? 0 : style::label * 1.75);
  // Planes end where they end, and a range that was asked for stays.
  if (!axes.y_range && !ranges.y.tight && !f.y.log && !heat && !axes.equal_units) {
    const double height = cell.height - top - bottom;
    if (head_room < height / 2) f.y.high += (f.y.high - f.y.low) * head_room / (height - head_room);
  }
  if (!heat) f.y_ticks = value_ticks(f.y, cell.height - top - bottom, 34);
  const double left =
      widest(f.y_ticks, font) + 9 + (axes.y_label.empty() ? 0 : style::label * 1.75);
  double right = 12;
  if (f.bar)
    right = bar_gap + bar_width + 7 + widest(f.bar->ticks, font) +
            (f.bar->label.empty() ? 0 : style::label * 1.5);
  double width = std::max(cell.width - left - right, 10.0);
  if (!names.empty()) {
    const double longest = widest(f.x_ticks, font);
    double slot = width / static_cast<double>(names.size());
    if (heat) slot = std::min(slot, (cell.height - top - bottom) / heat->rows);
    f.turned_names = longest > slot - 4;
    if (f.turned_names) bottom += longest * slant - style::tick * 0.4;
  }
  f.area = {cell.x + left, cell.y + top, width, std::max(cell.height - top - bottom, 10.0)};
  if (heat) fit_aspect(f.area, static_cast<double>(heat->columns) / heat->rows);
  if (axes.equal_units && !heat && !f.x.log && !f.y.log)
    fit_aspect(f.area, (f.x.high - f.x.low) / (f.y.high - f.y.low));
  // Whole units keep cells and spines sharp.
  const double x1 = std::round(f.area.right()), y1 = std::round(f.area.bottom());
  f.area.x = std::round(f.area.x), f.area.y = std::round(f.area.y);
  f.area.width = std::max(x1 - f.area.x, 1.0), f.area.height = std::max(y1 - f.area.y, 1.0);
  f.x.from = f.area.x, f.x.to = f.area.right();
  f.y.from = f.area.bottom(), f.y.to = f.area.y;
  // Epochs, steps, sizes: between two of them there is nothing.
  const bool whole = ranges.x.whole && !ranges.x.tight;
  if (names.empty()) f.x_ticks = value_ticks(f.x, f.area.width, 54, whole);
  return f;
}

void draw_frame_behind(const Frame& f, Canvas& canvas) {
  const auto grid_line = [&](Point a, Point b, bool small) {
    const Point ends[] = {a, b};
    canvas.polyline(ends, {style::grid, small ? 0.5 : 0.9});
  };
  if (f.grid_x)
    for (const Tick& tick : f.x_ticks)
      grid_line({f.x(tick.value), f.area.y}, {f.x(tick.value), f.area.bottom()},
                tick.label.empty());
  if (f.grid_y)
    for (const Tick& tick : f.y_ticks)
      grid_line({f.area.x, f.y(tick.value)}, {f.area.right(), f.y(tick.value)}, tick.label.empty());
}

namespace {

void draw_color_bar(const Frame& f, const Font& font, Canvas& canvas) {
  const ColorBar& bar = *f.bar;
  const Rect where{f.area.right() + bar_gap, f.area.y, bar_width, f.area.height};
  const int rows = bar.steps > 0 ? bar.steps : 256;
  std::vector<std::uint8_t> rgb;
  for (int i = rows - 1; i >= 0; --i) {
    const double t = bar.steps > 1 ? i / (bar.steps - 1.0) : (i + 0.5) / rows;
    const Color color = mix(map_color(bar.map, t), style::white, bar.fade);
    rgb.insert(rgb.end(), {color.r, color.g, color.b});
  }
  canvas.image(where, 1, rows, rgb);
  canvas.rectangle(where, std::nullopt, Stroke{style::axis, 0.6});
  const Scale scale{bar.low, bar.high, where.bottom(), where.y};
  double last = std::numeric_limits<double>::infinity();
  for (const Tick& tick : bar.ticks) {
    const double y = scale(tick.value);
    if (last - y < style::tick * 1.3) continue;  // labels must not touch
    last = y;
    const Point ends[] = {{where.right(), y}, {where.right() + 3, y}};
    canvas.polyline(ends, {style::axis, 0.8});
    canvas.text({where.right() + 6, y + style::tick * Font::cap_height / 2}, tick.label,
                {style::tick, style::soft_ink});
  }
  if (!bar.label.empty())
    canvas.text(
        {where.right() + 7 + widest(bar.ticks, font) + style::label * 1.25, where.center().y},
        bar.label, {style::label, style::ink, Anchor::middle, 90});
}

void draw_ticks(const Frame& f, Canvas& canvas) {
  const double middle = style::tick * Font::cap_height / 2;
  for (const Tick& tick : f.x_ticks) {
    const double x = f.x(tick.value), y = f.area.bottom();
    const Point ends[] = {{x, y}, {x, y + (tick.label.empty() ? 2.5 : 4)}};
    if (f.spines && f.grid_x) canvas.polyline(ends, {style::axis, 0.8});
    if (f.turned_names)
      canvas.text({x + middle, y + 7 + middle}, tick.label,
                  {style::tick, style::soft_ink, Anchor::end, 45});
    else
      canvas.text({x, y + 6 + style::tick}, tick.label,
                  {style::tick, style::soft_ink, Anchor::middle});
  }
  for (const Tick& tick : f.y_ticks) {
    const double x = f.area.x, y = f.y(tick.value);
    const Point ends[] = {{x - (tick.label.empty() ? 2.5 : 4), y}, {x, y}};
    if (f.spines) canvas.polyline(ends, {style::axis, 0.8});
    canvas.text({x - 7, y + middle}, tick.label, {style::tick, style::soft_ink, Anchor::end});
  }
}

}  // namespace

void draw_frame_above(const Frame& f, const AxesDescription& axes, const Rect& cell,
                      const Font& font, Canvas& canvas) {
  if (f.spines) {
    const bool whole = !f.grid_x && !f.grid_y;  // pictures of a plane have a frame all round
    if (whole) {
      canvas.rectangle(f.area, std::nullopt, Stroke{style::axis, 0.9});
    } else {
      const Point corner[] = {
          {f.area.x, f.area.y}, {f.area.x, f.area.bottom()}, {f.area.right(), f.area.bottom()}};
      canvas.polyline(corner, {style::axis, 0.9});
    }
  }
  draw_ticks(f, canvas);
  if (f.bar) draw_color_bar(f, font, canvas);
  const Point middle = f.area.center();
  if (!axes.title.empty())
    canvas.text({middle.x, f.area.y - 9}, axes.title, {style::title, style::ink, Anchor::middle});
  double below = f.area.bottom() + style::tick * 1.9 + style::label * 1.1;
  if (f.turned_names) below += widest(f.x_ticks, font) * slant - style::tick * 0.4;
  if (!axes.x_label.empty())
    canvas.text({middle.x, std::min(below, cell.bottom() - 2)}, axes.x_label,
                {style::label, style::ink, Anchor::middle});
  if (!axes.y_label.empty())
    canvas.text({f.area.x - widest(f.y_ticks, font) - 9 - style::label * 0.55, middle.y},
                axes.y_label, {style::label, style::ink, Anchor::middle, 90});
}

}  // namespace fathom::figure
