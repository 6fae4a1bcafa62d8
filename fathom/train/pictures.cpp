#include "fathom/train/pictures.h"

#include <fmt/core.h>

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/figure/figure.h"
#include "fathom/ops/shape.h"

namespace fathom::train {

using figure::Figure;

void draw_confusion(const std::string& path, const Evaluation& evaluation,
                    const std::vector<std::string>& class_names) {
  const auto n = static_cast<int>(evaluation.confusion.size(0));
  // The cells must have room for their numbers.
  const double side = std::clamp(140.0 + 44.0 * n, 400.0, 1400.0);
  Figure figure(1, 1, {.width = side + 80, .height = side});
  figure.axes()
      .title(fmt::format("{} of {} right ({:.1f} %)", evaluation.correct, evaluation.rows(),
                         100 * evaluation.accuracy()))
      .x_label("read as")
      .y_label("is")
      .heat_map(evaluation.confusion,
                {.row_names = class_names, .column_names = class_names, .decimals = 0});
  figure.save(path);
}

void draw_mistakes(const std::string& path, const Evaluation& evaluation, const data::Dataset& test,
                   std::size_t most) {
  if (!test.is_image() || test.inputs.dtype() != DType::u8)
    throw ValueError({.operation = "draw_mistakes", .problem = "the rows are no pictures"});
  const auto truth = test.labels.data<std::int64_t>();
  std::vector<std::int64_t> rows;
  std::vector<std::string> captions;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < evaluation.predictions.size(); ++i) {
    const std::int64_t predicted = evaluation.predictions[i];
    if (predicted == truth[i] || ++wrong > most) continue;
    rows.push_back(static_cast<std::int64_t>(i));
    captions.push_back(test.class_names[static_cast<std::size_t>(truth[i])] + " read as " +
                       test.class_names[static_cast<std::size_t>(predicted)]);
  }
  // As many in a row as their captions leave room for, in five rows at most.
  constexpr std::size_t width = 800, most_rows = 5;
  std::size_t letters = 1;
  for (const std::string& caption : captions) letters = std::max(letters, caption.size());
  const std::size_t most_columns = rows.size() > 12 ? 8 : 4;
  const std::size_t columns = std::clamp<std::size_t>(width / (6 * letters + 12), 1, most_columns);
  rows.resize(std::min(rows.size(), columns * most_rows));
  captions.resize(rows.size());
  const std::size_t shown = rows.size();
  const std::size_t lines = std::max<std::size_t>(1, (shown + columns - 1) / columns);
  const double side = std::min(static_cast<double>(width) / static_cast<double>(columns), 150.0);
  Shape shape = {static_cast<std::int64_t>(shown)};
  for (const std::int64_t extent : test.sample_shape) shape.push_back(extent);
  const Tensor pictures = reshape(data::gather_rows(test.inputs, rows), shape);
  Figure figure(1, 1, {.width = width, .height = 60 + static_cast<double>(lines) * side});
  figure.axes()
      .title(wrong == 0 ? "No mistakes"
             : shown < wrong
                 ? fmt::format("The first {} of {} mistakes in {} rows", shown, wrong, test.size())
                 : fmt::format("All {} mistakes in {} rows", wrong, test.size()))
      .images(pictures, {.captions = captions,
                         .columns = static_cast<int>(columns),
                         .low = 0,
                         .high = test.largest_pixel,
                         .colormap = figure::Colormap::ink});  // the sets store white on black
  figure.save(path);
}

}  // namespace fathom::train
