#include "fathom/data/pictures.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <numeric>

#include "fathom/core/error.h"
#include "fathom/core/storage.h"
#include "fathom/data/builtin.h"
#include "fathom/data/split.h"
#include "fathom/graph/context.h"
#include "fathom/io/sha256.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/shape.h"

namespace fathom::data {
namespace {

/// Pixels from 0 to 255, as those of files are.
Tensor full_range(const Dataset& dataset) {
  if (dataset.largest_pixel == 255) return dataset.inputs;
  const double factor = 255 / dataset.largest_pixel;
  return cast(round(cast(dataset.inputs, DType::f32) * factor), DType::u8).eval();
}

/// "photos" of "/data/photos/" and of "photos.tar".
std::string name_of(const std::string& path) {
  const std::filesystem::path normal = std::filesystem::path(path + "/").lexically_normal();
  return normal.parent_path().stem().string();
}

PictureParts cut(const Pictures& all, std::uint64_t seed) {
  const Tensor labels = Tensor::from(all.labels);
  const std::vector<RowNumbers> rows =
      stratified_split_rows(labels, {1 - kTestShare, kTestShare}, seed);
  return {select(all, rows[0]), select(all, rows[1])};
}

}  // namespace

Pictures pictures_of(const ImageFiles& files, std::string name) {
  return {.name = std::move(name),
          .labels = files.labels,
          .class_names = files.class_names,
          .files = files.names,
          .picture = [files](std::int64_t i) { return files.picture(i, {}); }};
}

Pictures pictures_of(const Dataset& dataset, Where where) {
  const graph::CallScope call(where);
  if (!dataset.is_image())
    throw ValueError({.operation = "data::pictures_of",
                      .problem = "the rows are no pictures",
                      .received = {{"data", dataset.name}}});
  const Shape& sample = dataset.sample_shape;
  const int rank = sample.rank();
  if (rank != 2 && !(rank == 3 && (sample[0] == 1 || sample[0] == 3)))
    throw ShapeError({.operation = "data::pictures_of",
                      .problem = "the rows have not the shape of pictures",
                      .received = {{"sample", to_string(sample)}},
                      .expected = "(H, W), or (1 or 3, H, W)"});
  const Shape picture = rank == 2 ? Shape{1, sample[0], sample[1]} : sample;
  const Tensor rows =
      reshape(full_range(dataset), {dataset.size(), picture[0], picture[1], picture[2]}).eval();
  return {.name = dataset.name,
          .labels = dataset.labels.to_vector<std::int64_t>(),
          .class_names = dataset.class_names,
          .files = {},
          .picture =
              [rows](std::int64_t i) {
                return detail::without_row_axis(gather_rows(rows, std::array{i}, false, {}));
              },
          .bytes = storage_bytes(rows.bytes())};
}

Pictures select(const Pictures& pictures, std::span<const std::int64_t> rows, Where where) {
  const graph::CallScope call(where);
  require_row_numbers("data::select", rows, pictures.size());
  Pictures chosen{.name = pictures.name,
                  .labels = {},
                  .class_names = pictures.class_names,
                  .files = {},
                  .picture = {},
                  .bytes = pictures.bytes};
  for (const std::int64_t row : rows) {
    chosen.labels.push_back(pictures.labels[static_cast<std::size_t>(row)]);
    if (!pictures.files.empty())
      chosen.files.push_back(pictures.files[static_cast<std::size_t>(row)]);
  }
  chosen.picture = [picture = pictures.picture, numbers = std::vector(rows.begin(), rows.end())](
                       std::int64_t i) { return picture(numbers[static_cast<std::size_t>(i)]); };
  return chosen;
}

Pictures first(const Pictures& pictures, std::int64_t count) {
  RowNumbers rows(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, pictures.size())));
  std::iota(rows.begin(), rows.end(), 0);
  return select(pictures, rows);
}

PictureParts open_pictures(const std::string& name_or_path, std::uint64_t seed, Where where) {
  const graph::CallScope call(where);
  if (is_builtin(name_or_path)) {
    const Split parts = load(name_or_path);
    return {pictures_of(parts.train), pictures_of(parts.test)};
  }
  const std::string name = name_of(name_or_path);
  if (is_image_folder(name_or_path)) {
    const auto [train, test] = image_folder_parts(name_or_path);
    if (test.size() == 0) return cut(pictures_of(train, name), seed);
    return {pictures_of(train, name), pictures_of(test, name)};
  }
  if (!io::exists(name_or_path))
    throw IoError({.operation = "data",
                   .problem = "there is no data set, folder or file of this name",
                   .received = {{"name", name_or_path}},
                   .expected = "a folder or .tar with a folder of pictures for each class, a CSV "
                               "file of pictures and classes, digits, mnist, fashion_mnist, "
                               "cifar10 or cifar100"});
  return cut(pictures_of(image_list(name_or_path), name), seed);
}

std::string fingerprint(const PictureParts& parts) {
  std::string text;
  for (const Pictures* part : {&parts.train, &parts.test}) {
    for (const std::string& name : part->class_names) text += name + "\n";
    for (std::size_t i = 0; i < part->labels.size(); ++i)
      text += std::to_string(part->labels[i]) + " " + (part->files.empty() ? "" : part->files[i]) +
              "\n";
  }
  return io::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace fathom::data
