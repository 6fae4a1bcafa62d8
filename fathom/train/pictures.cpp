#include "fathom/train/pictures.h"

#include <fmt/core.h>

#include <algorithm>

#include "fathom/core/error.h"
#include "fathom/figure/figure.h"
#include "fathom/ops/creation.h"
#include "fathom/ops/join.h"

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

namespace {

/// Pictures of one size with what they are called.
struct Sheet {
  std::vector<Tensor> pictures;
  std::vector<std::string> captions;

  void save(const std::string& path, const std::string& title) const;
};

// As many in a row as their captions leave room for, in so many rows at most.
constexpr std::size_t sheet_width = 800, most_rows = 5;
std::size_t columns_of(const std::vector<std::string>& captions) {
  std::size_t letters = 1;
  for (const std::string& caption : captions) letters = std::max(letters, caption.size());
  const std::size_t most_columns = captions.size() > 12 ? 8 : 4;
  return std::clamp<std::size_t>(sheet_width / (6 * letters + 12), 1, most_columns);
}

void Sheet::save(const std::string& path, const std::string& title) const {
  const std::size_t shown = pictures.size(), columns = columns_of(captions);
  const std::size_t lines = std::max<std::size_t>(1, (shown + columns - 1) / columns);
  const double side =
      std::min(static_cast<double>(sheet_width) / static_cast<double>(columns), 150.0);
  Figure figure(1, 1, {.width = sheet_width, .height = 60 + static_cast<double>(lines) * side});
  const Tensor all = pictures.empty() ? zeros({0, 1, 1, 1}, DType::u8) : stack(pictures);
  figure.axes().title(title).images(
      all, {.captions = captions,
            .columns = static_cast<int>(columns),
            .colormap = figure::Colormap::ink});  // sets of grey pictures store white on black
  figure.save(path);
}

}  // namespace

void draw_mistakes(const std::string& path, const Evaluation& evaluation,
                   const data::Pictures& test,
                   const std::function<Tensor(const Tensor& picture)>& view, std::size_t most) {
  if (evaluation.rows() != test.size())
    throw ValueError({.operation = "draw_mistakes",
                      .problem = "these are not the pictures that were evaluated",
                      .received = {{"pictures", std::to_string(test.size())},
                                   {"evaluated", std::to_string(evaluation.rows())}}});
  std::vector<std::int64_t> rows;
  Sheet sheet;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < evaluation.predictions.size(); ++i) {
    const std::int64_t predicted = evaluation.predictions[i], truth = test.labels[i];
    if (predicted == truth || ++wrong > most) continue;
    rows.push_back(static_cast<std::int64_t>(i));
    sheet.captions.push_back(test.class_names[static_cast<std::size_t>(truth)] + " read as " +
                             test.class_names[static_cast<std::size_t>(predicted)]);
  }
  rows.resize(std::min(rows.size(), columns_of(sheet.captions) * most_rows));
  sheet.captions.resize(rows.size());
  for (const std::int64_t row : rows)
    sheet.pictures.push_back(view ? view(test.picture(row)) : test.picture(row));
  sheet.save(path, wrong == 0 ? "No mistakes"
                   : rows.size() < wrong
                       ? fmt::format("The first {} of {} mistakes in {} rows", rows.size(), wrong,
                                     test.size())
                       : fmt::format("All {} mistakes in {} rows", wrong, test.size()));
}

void draw_samples(const std::string& path, const data::Pictures& train,
                  const vision::Transform& varied, std::uint64_t seed) {
  constexpr std::size_t most = 24;
  std::vector<std::int64_t> rows = data::permutation(train.size(), seed, 0);
  rows.resize(std::min(rows.size(), most));
  Sheet sheet;
  for (const std::int64_t row : rows) {
    const vision::Key key = vision::Key(seed).of(row);
    sheet.pictures.push_back(varied(train.picture(row), key));
    sheet.captions.push_back(
        train.class_names[static_cast<std::size_t>(train.labels[static_cast<std::size_t>(row)])]);
  }
  sheet.save(path,
             fmt::format("{} of {} pictures, as training sees them", rows.size(), train.size()));
}

}  // namespace fathom::train
