// Labelled pictures by number, wherever they lie: in files, an archive or in memory. What a network
// for pictures is trained and tested on.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fathom/data/image_files.h"
#include "fathom/data/source.h"

namespace fathom::data {

/// Pictures and their classes.
struct Pictures {
  std::string name;                      ///< "cifar10", "photos"
  std::vector<std::int64_t> labels;      ///< numbers of class_names
  std::vector<std::string> class_names;  ///< of labels 0, 1, 2...
  std::vector<std::string> files;        ///< where each comes from; none of pictures in memory
  /// Picture i; called by several threads at once. Shapes: -> u8 (1 or 3, H, W).
  std::function<Tensor(std::int64_t i)> picture;
  std::size_t bytes = 0;  ///< memory that they take

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  std::int64_t classes() const { return static_cast<std::int64_t>(class_names.size()); }
};

/// Those of files, decoded when they are asked for.
Pictures pictures_of(const ImageFiles& files, std::string name);
/// Those of a data set in memory. Errors: ValueError for a table; ShapeError unless the samples are
/// (H, W) or (1 or 3, H, W).
Pictures pictures_of(const Dataset& dataset, Where where = Where::current());
/// The given ones, in this order. Errors: IndexError.
Pictures select(const Pictures& pictures, std::span<const std::int64_t> rows,
                Where where = Where::current());

/// The first ones, or all if there are fewer.
Pictures first(const Pictures& pictures, std::int64_t count);

/// Pictures to train on and to test on.
struct PictureParts {
  Pictures train, test;
};
/// What a user calls DATA, where a network for pictures is meant: a built-in set by its name, a
/// folder or tar archive as image_folder_parts takes it, or a list as image_list takes it. What has
/// no part to test on is cut by the seed: a fifth of each class is the test part. Errors: IoError
/// if it is none of these; those of load, image_folder_parts and image_list; ValueError for a part
/// without pictures.
PictureParts open_pictures(const std::string& name_or_path, std::uint64_t seed = 0,
                           Where where = Where::current());

/// SHA-256 of the classes and the files' names: whether it is still the same collection.
std::string fingerprint(const PictureParts& parts);

/// Pictures and labels as batches: `transform(picture)` or `transform(picture, key)` gives each the
/// same shape, in the workers. Shapes: inputs (B, ...) as transform gives them, labels i64 (B,).
template <class F> Source<Batch> source(const Pictures& pictures, F transform) {
  return samples(pictures.size(), [pictures, transform](std::int64_t i, const Tensor& key) {
    Batch sample{pictures.picture(i),
                 Tensor::from(std::vector{pictures.labels[static_cast<std::size_t>(i)]}, {})};
    if constexpr (std::is_invocable_v<const F&, Tensor, Tensor>)
      sample.inputs = transform(sample.inputs, key);
    else
      sample.inputs = transform(sample.inputs);
    return sample;
  });
}
/// The same of files.
template <class F> Source<Batch> source(const ImageFiles& files, F transform) {
  return source(pictures_of(files, ""), std::move(transform));
}

}  // namespace fathom::data
