// Labelled data in memory: rows as they were stored, and how a row becomes a model's input.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"

namespace fathom::data {

/// What a training step takes.
struct Batch {
  Tensor inputs;  ///< f32 (B, features)
  Tensor labels;  ///< i64 (B,)
  std::int64_t size(Where where = Where::current()) const { return labels.size(0, where); }
};

/// How a stored row becomes a model's input: (row - offset) * scale. It travels with a trained
/// model, so that whoever uses the model prepares inputs in the same way.
struct Preprocessing {
  Tensor offset;  ///< f32 () or (features,); undefined: nothing is subtracted
  Tensor scale;   ///< f32 () or (features,); undefined: 1

  /// Lazy, so that it becomes part of the plan of the step that uses the rows.
  /// Shapes: (B, features), any numeric type -> f32 (B, features).
  Tensor operator()(const Tensor& rows) const;

  /// Pixels from 0 to `largest` become numbers from 0 to 1.
  static Preprocessing pixels(double largest);
  /// Each column to mean 0 and standard deviation 1, as measured on these rows; a column that does
  /// not vary is only shifted. Shapes: f32 (N, features). Errors: ShapeError, DTypeError.
  static Preprocessing standardize(const Tensor& rows, Where where = Where::current());
};

/// Rows with a class each.
struct Dataset {
  std::string name;                      ///< "mnist"
  Tensor inputs;                         ///< (N, ...), as stored: u8 or f32
  Tensor labels;                         ///< i64 (N,)
  std::vector<std::string> class_names;  ///< of labels 0, 1, 2...
  Shape sample_shape;                    ///< (28, 28) for pictures, (features,) for tables
  double largest_pixel = 0;              ///< what white is stored as; 0 for tables
  Preprocessing preprocessing;
  /// A table's columns, where it has a header that tells them apart.
  std::vector<std::string> feature_names;

  std::int64_t size(Where where = Where::current()) const { return inputs.size(0, where); }
  std::int64_t features() const { return sample_shape.size(); }
  std::int64_t classes() const { return static_cast<std::int64_t>(class_names.size()); }
  bool is_image() const { return largest_pixel > 0; }
  /// Memory that the rows take.
  std::size_t bytes() const;
};

/// A training part and a test part: `auto [train, test] = data::mnist();`
struct Split {
  Dataset train, test;
};

/// Rows by number, as stored. Shapes: (N, ...) and n numbers -> (n, ...), or (n, features) if
/// `flat`. Errors: IndexError for a number outside [0, N).
Tensor gather_rows(const Tensor& rows, std::span<const std::int64_t> numbers, bool flat = false,
                   Where where = Where::current());

/// Refuses row numbers outside [0, rows). Errors: IndexError.
void require_row_numbers(const char* operation, std::span<const std::int64_t> numbers,
                         std::int64_t rows);

/// The given rows of a dataset. Errors: IndexError.
Dataset select(const Dataset& dataset, std::span<const std::int64_t> rows,
               Where where = Where::current());

/// The first rows, or all if there are fewer.
Dataset first(const Dataset& dataset, std::int64_t count);

/// Cuts a dataset in two: `test_share` of the rows, drawn at random by `seed`, are the test part.
/// Errors: ValueError unless both parts get a row.
Split split(const Dataset& dataset, double test_share, std::uint64_t seed,
            Where where = Where::current());

/// The numbers 0 ... n-1 in a random order that depends on (seed, stream) alone, on every machine.
/// Errors: ValueError for a negative n.
std::vector<std::int64_t> permutation(std::int64_t n, std::uint64_t seed, std::uint64_t stream,
                                      Where where = Where::current());

/// The numbers of a data set's classes among others. Errors: ValueError, naming `data`, for a class
/// that is not among them.
std::vector<std::int64_t> class_numbers(const std::string& data,
                                        const std::vector<std::string>& names,
                                        const std::vector<std::string>& known);
/// The same rows with the labels counted in another order of the class names.
/// Errors: ValueError for a class that is not among them.
Dataset relabel(const Dataset& dataset, const std::vector<std::string>& class_names,
                Where where = Where::current());

/// Refuses labels outside of the class names and parts of different lengths.
/// Errors: ShapeError, DTypeError, IndexError, ValueError for no rows at all.
void check(const Dataset& dataset, Where where = Where::current());

}  // namespace fathom::data
