#include "fathom/train/pictures.h"

#include <fmt/core.h>

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/figure/figure.h"

namespace fathom::train {

using figure::Figure;
using figure::Values;

void draw_history(const std::string& path, const std::vector<EpochRecord>& history) {
  Values epochs, loss, test_loss, accuracy, test_accuracy;
  for (const EpochRecord& r : history) {
    epochs.push_back(static_cast<double>(r.epoch));
    loss.push_back(r.loss);
    test_loss.push_back(r.test_loss);
    accuracy.push_back(100 * r.accuracy);
    test_accuracy.push_back(100 * r.test_accuracy);
  }
  // A line needs two points; a run of one epoch shows its numbers as dots.
  const figure::Marker marker = history.size() < 2 ? figure::Marker::circle : figure::Marker::none;
  const figure::LineStyle training{.label = "training", .marker = marker};
  const figure::LineStyle test{.label = "test", .marker = marker};
  Figure figure(1, 2);
  figure.axes(0, 0)
      .title("Loss")
      .x_label("epoch")
      .y_label("cross entropy")
      .line(epochs, loss, training)
      .line(epochs, test_loss, test);
  figure.axes(0, 1)
      .title("Accuracy")
      .x_label("epoch")
      .y_label("% of rows")
      .line(epochs, accuracy, training)
      .line(epochs, test_accuracy, test);
  figure.save(path);
}

void draw_confusion(const std::string& path, const Evaluation& evaluation,
                    const std::vector<std::string>& class_names) {
  const ConfusionMatrix& m = evaluation.confusion;
  Values counts(m.counts.begin(), m.counts.end());
  const auto n = static_cast<int>(m.classes);
  // The cells must have room for their numbers.
  const double side = std::clamp(140.0 + 44.0 * n, 400.0, 1400.0);
  Figure figure(1, 1, {.width = side + 80, .height = side});
  figure.axes()
      .title(fmt::format("{} of {} right ({:.1f} %)", m.correct(), m.total(), 100 * m.accuracy()))
      .x_label("read as")
      .y_label("is")
      .heat_map(n, n, counts,
                {.row_names = class_names, .column_names = class_names, .decimals = 0});
  figure.save(path);
}

void draw_mistakes(const std::string& path, const Evaluation& evaluation, const data::Dataset& test,
                   std::size_t most) {
  if (!test.is_image() || test.inputs.dtype() != DType::u8)
    throw ValueError({.operation = "draw_mistakes", .problem = "the rows are no pictures"});
  const auto pixels = test.inputs.data<std::uint8_t>();
  const auto truth = test.labels.data<std::int64_t>();
  const auto features = static_cast<std::size_t>(test.features());
  const int largest = pixels.empty() ? 1 : std::max<int>(1, *std::ranges::max_element(pixels));
  std::vector<figure::Tile> tiles;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < evaluation.predictions.size(); ++i) {
    const std::int64_t predicted = evaluation.predictions[i];
    if (predicted == truth[i] || ++wrong > most) continue;
    figure::Tile tile{.height = static_cast<int>(test.sample_shape[0]),
                      .width = static_cast<int>(test.sample_shape[1])};
    // Ink on paper: the sets store bright strokes on black.
    for (const std::uint8_t pixel : pixels.subspan(i * features, features))
      tile.pixels.push_back(static_cast<std::uint8_t>(255 - pixel * 255 / largest));
    tile.caption = test.class_names[static_cast<std::size_t>(truth[i])] + " read as " +
                   test.class_names[static_cast<std::size_t>(predicted)];
    tiles.push_back(std::move(tile));
  }
  // As many in a row as their captions leave room for, in five rows at most.
  constexpr std::size_t width = 800, most_rows = 5;
  std::size_t letters = 1;
  for (const figure::Tile& tile : tiles) letters = std::max(letters, tile.caption.size());
  const std::size_t most_columns = tiles.size() > 12 ? 8 : 4;
  const std::size_t columns = std::clamp<std::size_t>(width / (6 * letters + 12), 1, most_columns);
  tiles.resize(std::min(tiles.size(), columns * most_rows));
  const std::size_t shown = tiles.size();
  const std::size_t rows = std::max<std::size_t>(1, (shown + columns - 1) / columns);
  const double side = std::min(static_cast<double>(width) / static_cast<double>(columns), 150.0);
  Figure figure(1, 1, {.width = width, .height = 60 + static_cast<double>(rows) * side});
  figure.axes()
      .title(wrong == 0 ? "No mistakes"
             : shown < wrong
                 ? fmt::format("The first {} of {} mistakes in {} rows", shown, wrong, test.size())
                 : fmt::format("All {} mistakes in {} rows", wrong, test.size()))
      .tiles(std::move(tiles), {.columns = static_cast<int>(columns)});
  figure.save(path);
}

}  // namespace fathom::train
