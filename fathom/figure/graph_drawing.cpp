#include "fathom/figure/graph_drawing.h"

#include <algorithm>
#include <cmath>

#include "fathom/figure/canvas.h"
#include "fathom/figure/draw.h"
#include "fathom/figure/font.h"
#include "fathom/figure/graph_layout.h"
#include "fathom/graph/context.h"
#include "fathom/graph/op.h"
#include "fathom/io/file.h"

namespace fathom::figure {
namespace {

constexpr double box_height = 34, layer_gap = 30, box_gap = 14, margin = 24, title_height = 30;
constexpr double name_size = 11.5, shape_size = 9.5;

struct Box {
  std::string name, shape;
  bool is_input = false, is_output = false;
};

std::string spec_text(const graph::Spec& spec) {
  return std::string(name(spec.dtype)) + " " + to_string(spec.shape);
}

void draw_arrow(Canvas& canvas, std::vector<Point> points) {
  const Point end = points.back(), before = points[points.size() - 2];
  const double length = std::hypot(end.x - before.x, end.y - before.y);
  const double ux = (end.x - before.x) / length, uy = (end.y - before.y) / length;
  const Point base{end.x - 7 * ux, end.y - 7 * uy};
  points.back() = base;
  canvas.polyline(points, {style::axis, 1});
  const Point head[] = {
      end, {base.x - 3 * uy, base.y + 3 * ux}, {base.x + 3 * uy, base.y - 3 * ux}};
  canvas.polygon(head, style::axis, {});
}

void draw_box(Canvas& canvas, const Box& box, const Rect& where) {
  constexpr Color input{240, 240, 240}, work{222, 235, 247};
  canvas.rectangle(where, box.is_input ? input : work,
                   Stroke{box.is_output ? style::ink : style::axis, box.is_output ? 2.0 : 1.0});
  canvas.text({where.center().x, where.y + 14}, box.name, {name_size, style::ink, Anchor::middle});
  canvas.text({where.center().x, where.y + 27}, box.shape,
              {shape_size, style::soft_ink, Anchor::middle});
}

/// The boxes of a program, and where each leads.
struct Boxes {
  std::vector<Box> list;
  std::vector<LayoutBox> places;
  Font font;

  std::size_t add(Box box) {
    LayoutBox place;
    place.width = std::max(font.width(box.name, name_size), font.width(box.shape, shape_size)) + 14;
    places.push_back(place);
    list.push_back(std::move(box));
    return list.size() - 1;
  }
};

Boxes boxes_of(const graph::Program& program) {
  Boxes boxes;
  std::vector<std::size_t> maker(program.specs.size(), std::size_t(-1));
  const auto spec = [&](graph::ValueId id) { return program.specs[static_cast<std::size_t>(id)]; };
  for (std::size_t k = 0; k < program.inputs.size(); ++k) {
    const graph::ValueId id = program.inputs[k];
    if (id < 0) continue;
    maker[static_cast<std::size_t>(id)] =
        boxes.add({"input " + std::to_string(k), spec_text(spec(id)), true});
  }
  for (const graph::Instruction& instruction : program.instructions) {
    std::string shapes = spec_text(spec(instruction.outputs.at(0)));
    if (instruction.outputs.size() > 1) {
      shapes += " and " + std::to_string(instruction.outputs.size() - 1) + " more";
    }
    const std::size_t box = boxes.add(
        {std::string(graph::title(*instruction.op, instruction.attributes.get())), shapes});
    for (const graph::ValueId id : instruction.inputs) {
      auto& into = boxes.places[maker[static_cast<std::size_t>(id)]].into;
      if (std::find(into.begin(), into.end(), box) == into.end()) into.push_back(box);
    }
    for (const graph::ValueId id : instruction.outputs) maker[static_cast<std::size_t>(id)] = box;
  }
  for (const graph::ValueId id : program.outputs) {
    boxes.list[maker[static_cast<std::size_t>(id)]].is_output = true;
  }
  return boxes;
}

void draw(const std::vector<Box>& boxes, const Layout& layout, Canvas& canvas) {
  const auto top = [&](const LayoutBox& box) {
    return margin + title_height + static_cast<double>(box.layer) * (box_height + layer_gap);
  };
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    for (std::size_t to : layout.boxes[i].into) {
      std::vector<Point> points = {{margin + layout.boxes[i].x, top(layout.boxes[i]) + box_height}};
      for (; layout.boxes[to].is_bend; to = layout.boxes[to].into[0]) {
        const LayoutBox& bend = layout.boxes[to];
        points.push_back({margin + bend.x, top(bend)});
        points.push_back({margin + bend.x, top(bend) + box_height});
      }
      points.push_back({margin + layout.boxes[to].x, top(layout.boxes[to])});
      draw_arrow(canvas, std::move(points));
    }
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const LayoutBox& place = layout.boxes[i];
    draw_box(canvas, boxes[i],
             {margin + place.x - place.width / 2, top(place), place.width, box_height});
  }
}

}  // namespace

void save_graph(const graph::Program& program, const std::string& title, const std::string& path,
                Where where) {
  const graph::CallScope call(where);
  Figure::require_format(path);
  Boxes boxes = boxes_of(program);
  const Layout layout = lay_out(std::move(boxes.places), box_gap);
  const double width = std::max(layout.width, boxes.font.width(title, style::title)) + 2 * margin;
  const double height = static_cast<double>(layout.layers) * (box_height + layer_gap) - layer_gap +
                        2 * margin + title_height;
  const auto canvas =
      path.ends_with(".png") ? make_png_canvas(width, height, 1) : make_svg_canvas(width, height);
  canvas->rectangle({0, 0, width, height}, style::white, {});
  canvas->text({margin, margin + 6}, title, {style::title, style::ink});
  draw(boxes.list, layout, *canvas);
  io::write_atomically(path, io::ByteView(canvas->finish()));
}

}  // namespace fathom::figure
