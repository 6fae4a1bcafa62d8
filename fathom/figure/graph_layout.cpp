#include "fathom/figure/graph_layout.h"

#include <algorithm>
#include <numeric>

namespace fathom::figure {
namespace {

using Layers = std::vector<std::vector<std::size_t>>;

void assign_layers(std::vector<LayoutBox>& boxes) {
  for (LayoutBox& box : boxes) {
    for (const std::size_t to : box.into) {
      boxes[to].layer = std::max(boxes[to].layer, box.layer + 1);
    }
  }
  // Sources come down to the first of their readers: a weight stands beside the layer that uses it.
  std::vector<bool> has_input(boxes.size());
  for (const LayoutBox& box : boxes) {
    for (const std::size_t to : box.into) has_input[to] = true;
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (has_input[i] || boxes[i].into.empty()) continue;
    std::size_t first = boxes[boxes[i].into[0]].layer;
    for (const std::size_t to : boxes[i].into) first = std::min(first, boxes[to].layer);
    boxes[i].layer = first - 1;
  }
}

/// Puts a bend on each layer that an arrow passes.
void add_bends(std::vector<LayoutBox>& boxes) {
  const std::size_t given = boxes.size();
  for (std::size_t i = 0; i < given; ++i) {
    for (std::size_t k = 0; k < boxes[i].into.size(); ++k) {
      std::size_t from = i, slot = k;
      const std::size_t to = boxes[i].into[k];
      while (boxes[from].layer + 1 < boxes[to].layer) {
        LayoutBox bend;
        bend.width = 6;
        bend.into = {to};
        bend.layer = boxes[from].layer + 1;
        bend.is_bend = true;
        boxes.push_back(bend);
        boxes[from].into[slot] = boxes.size() - 1;
        from = boxes.size() - 1, slot = 0;
      }
    }
  }
}

double mean_x(const std::vector<LayoutBox>& boxes, const std::vector<std::size_t>& neighbours,
              double otherwise) {
  if (neighbours.empty()) return otherwise;
  double sum = 0;
  for (const std::size_t n : neighbours) sum += boxes[n].x;
  return sum / static_cast<double>(neighbours.size());
}

/// Moves the boxes of a layer to where they want to be, in order and without overlap: groups of
/// boxes that would overlap share the mean of their wishes.
void settle(std::vector<LayoutBox>& boxes, const std::vector<std::size_t>& layer,
            const std::vector<double>& wishes, double gap) {
  struct Group {
    double start_sum = 0,
           width = 0;  // sum of the wished left ends, each less what stands before it
    std::size_t count = 0;
    double start() const { return start_sum / static_cast<double>(count); }
  };
  std::vector<Group> groups;
  for (std::size_t i = 0; i < layer.size(); ++i) {
    const double width = boxes[layer[i]].width + gap;
    groups.push_back({wishes[i] - width / 2, width, 1});
    while (groups.size() > 1) {
      Group& last = groups.back();
      Group& before = groups[groups.size() - 2];
      if (before.start() + before.width <= last.start()) break;
      before.start_sum += last.start_sum - static_cast<double>(last.count) * before.width;
      before.width += last.width;
      before.count += last.count;
      groups.pop_back();
    }
  }
  std::size_t at = 0;
  for (const Group& group : groups) {
    double x = group.start();
    for (std::size_t k = 0; k < group.count; ++k, ++at) {
      const double width = boxes[layer[at]].width + gap;
      boxes[layer[at]].x = x + width / 2;
      x += width;
    }
  }
}

}  // namespace

Layout lay_out(std::vector<LayoutBox> boxes, double gap) {
  assign_layers(boxes);
  add_bends(boxes);
  std::vector<std::vector<std::size_t>> from(boxes.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    for (const std::size_t to : boxes[i].into) from[to].push_back(i);
  }
  Layers layers;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    layers.resize(std::max(layers.size(), boxes[i].layer + 1));
    layers[boxes[i].layer].push_back(i);
  }
  for (const auto& layer : layers) {
    std::vector<double> wishes;
    for (std::size_t i = 0; i < layer.size(); ++i) wishes.push_back(static_cast<double>(i));
    settle(boxes, layer, wishes, gap);
  }
  constexpr int sweeps = 24, ordering_sweeps = 16;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    const bool down = sweep % 2 == 0;
    for (std::size_t k = 0; k < layers.size(); ++k) {
      auto& layer = layers[down ? k : layers.size() - 1 - k];
      std::vector<std::pair<double, std::size_t>> wished;
      for (const std::size_t i : layer) {
        const auto& first = down ? from[i] : boxes[i].into;
        const auto& second = down ? boxes[i].into : from[i];
        wished.emplace_back(mean_x(boxes, first, mean_x(boxes, second, boxes[i].x)), i);
      }
      if (sweep < ordering_sweeps) {
        std::stable_sort(wished.begin(), wished.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
      }
      std::vector<double> wishes;
      for (std::size_t i = 0; i < layer.size(); ++i) {
        layer[i] = wished[i].second;
        wishes.push_back(wished[i].first);
      }
      settle(boxes, layer, wishes, gap);
    }
  }
  double low = 0, high = 0;
  for (const LayoutBox& box : boxes) {
    low = std::min(low, box.x - box.width / 2);
    high = std::max(high, box.x + box.width / 2);
  }
  for (LayoutBox& box : boxes) box.x -= low;
  return {std::move(boxes), layers.size(), high - low};
}

}  // namespace fathom::figure
