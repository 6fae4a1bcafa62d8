// Pictures in files with a class each: folders, tar archives, lists. They are decoded when a row is
// asked for, by the loader's workers.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/io/image.h"

namespace fathom::data {

/// Files by number, and their classes.
struct ImageFiles {
  std::vector<std::string> names;        ///< as errors name them: "photos/cat/1.jpg"
  std::vector<std::int64_t> labels;      ///< numbers of class_names
  std::vector<std::string> class_names;  ///< sorted
  io::ImageOptions options;              ///< how they are decoded: RGB, as they lie
  /// The bytes of file i; called by several threads at once.
  std::function<io::Bytes(std::int64_t i)> bytes;

  std::int64_t size() const { return static_cast<std::int64_t>(names.size()); }
  /// A picture. Shapes: -> u8 (C, H, W). Errors: IndexError; those of io::decode_image and of
  /// reading, which name the file.
  Tensor picture(std::int64_t i, Where where = Where::current()) const;
};

/// A folder, or a tar archive, with a folder of pictures for each class: torchvision's ImageFolder.
/// Classes are counted in the order of their names, files in that of theirs, folders within
/// included; what does not end in .jpg, .jpeg, .png, .webp, .bmp, .ppm, .pgm, .pbm or .pnm is left
/// out, and so is what begins with a dot. `part` is a folder in it to begin at, "train". Errors:
/// IoError; FormatError for a damaged archive; ValueError for no class folders, or a class without
/// pictures.
ImageFiles image_folder(const std::string& path, const std::string& part = "",
                        Where where = Where::current());

/// A CSV file with a picture's path and its class in each row, by the columns' names, or by their
/// numbers: a first row without a picture's name is a header then.
/// Paths are taken from the list's folder. Errors: IoError; those of load_csv; ValueError for
/// columns that are not there and a list without rows.
ImageFiles image_list(const std::string& path, std::string_view image = "0",
                      std::string_view label = "1", Where where = Where::current());

/// The parts of a folder or archive: "train" and one of "val", "valid", "validation" and "test",
/// or all of it as the first and nothing as the second. Errors: those of image_folder; ValueError
/// if the parts have different classes.
std::pair<ImageFiles, ImageFiles> image_folder_parts(const std::string& path,
                                                     Where where = Where::current());
/// Whether a path is a folder or a file named .tar: what image_folder takes.
bool is_image_folder(const std::string& path);

/// The given rows, in this order. Errors: IndexError.
ImageFiles select(const ImageFiles& files, std::span<const std::int64_t> rows,
                  Where where = Where::current());

}  // namespace fathom::data
