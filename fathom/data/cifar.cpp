#include "fathom/data/cifar.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "fathom/core/error.h"
#include "fathom/data/class_names.h"
#include "fathom/graph/context.h"
#include "fathom/io/file.h"
#include "fathom/io/gzip.h"

namespace fathom::data {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t pixels = 3 * 32 * 32;

/// Regular files of a folder that begin with one of the names and end in .bin or .bin.gz, sorted.
std::vector<std::string> batch_files(const std::string& folder, const std::string& begin) {
  std::vector<std::string> found;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(begin) && (name.ends_with(".bin") || name.ends_with(".bin.gz")))
      found.push_back(it->path().string());
  }
  std::ranges::sort(found);
  return found;
}

/// The lines of a text, or none where there is no file.
std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  if (!io::exists(path)) return lines;
  std::string line;
  for (const char c : io::read_text(path)) {
    if (c == '\n' && !line.empty()) lines.push_back(std::exchange(line, ""));
    if (c != '\n' && c != '\r') line += c;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

struct CifarSet {
  std::string name, folder, inner, train, test, class_names;
  CifarLabels labels;
};

Split load_set(const CifarSet& set) {
  const char* root = std::getenv("FATHOM_DATA");
  if (!root || !*root)
    throw IoError({.operation = "data set " + set.name,
                   .problem = "the environment variable FATHOM_DATA is not set",
                   .expected = "a folder that holds " + set.folder + "/ with " + set.train +
                               "*.bin and " + set.test + "*.bin",
                   .hint = "export FATHOM_DATA=/path/to/data; `digits` and `iris` need no files"});
  std::string folder = std::string(root) + "/" + set.folder;
  if (batch_files(folder, set.train).empty() && io::exists(folder + "/" + set.inner))
    folder += "/" + set.inner;
  const auto part = [&](const std::string& begin) {
    const std::vector<std::string> files = batch_files(folder, begin);
    if (files.empty())
      throw IoError({.operation = "data set " + set.name,
                     .problem = "the files are missing",
                     .received = {{"folder", folder}},
                     .expected = begin + "*.bin or " + begin + "*.bin.gz",
                     .hint = "FATHOM_DATA must name the folder above " + set.folder + "/"});
    Dataset d = load_cifar(files, set.labels, lines_of(folder + "/" + set.class_names));
    d.name = set.name;
    return d;
  };
  return {part(set.train), part(set.test)};
}

}  // namespace

Dataset load_cifar(const std::vector<std::string>& paths, CifarLabels kind,
                   std::vector<std::string> class_names, Where where) {
  const graph::CallScope call(where);
  const std::size_t labels_each = kind == CifarLabels::one ? 1 : 2;
  const std::size_t label_at = kind == CifarLabels::fine ? 1 : 0;
  const std::size_t record = labels_each + pixels;
  const std::size_t classes = kind == CifarLabels::one ? 10 : kind == CifarLabels::fine ? 100 : 20;
  if (paths.empty()) throw ValueError({.operation = "load_cifar", .problem = "there are no files"});
  std::vector<io::Bytes> files;
  std::size_t rows = 0;
  for (const std::string& path : paths) {
    files.push_back(io::read_maybe_gzip(path, std::size_t{1} << 31));
    const std::size_t bytes = files.back().size();
    if (bytes == 0 || bytes % record != 0)
      throw FormatError({.operation = "cifar",
                         .problem = "the file does not hold whole pictures",
                         .received = {{"path", path}, {"bytes", std::to_string(bytes)}},
                         .expected = "records of " + std::to_string(record) + " bytes",
                         .hint = "was the file cut off, or is it the other CIFAR?"});
    rows += bytes / record;
  }
  Dataset d;
  d.name = "cifar";
  d.sample_shape = {3, 32, 32};
  auto [inputs, memory] =
      Tensor::uninitialized(DType::u8, {static_cast<std::int64_t>(rows), 3, 32, 32});
  auto* out = static_cast<std::uint8_t*>(memory);
  std::vector<std::int64_t> labels;
  for (std::size_t f = 0; f < files.size(); ++f)
    for (std::size_t at = 0; at < files[f].size(); at += record, out += pixels) {
      const std::uint8_t label = files[f][at + label_at];
      if (label >= classes)
        throw FormatError({.operation = "cifar",
                           .problem = "a label out of range",
                           .received = {{"path", paths[f]},
                                        {"picture", std::to_string(at / record)},
                                        {"label", std::to_string(label)}},
                           .expected = "0 to " + std::to_string(classes - 1)});
      labels.push_back(label);
      std::memcpy(out, files[f].data() + at + labels_each, pixels);
    }
  d.inputs = inputs;
  d.labels = Tensor::from(labels);
  if (class_names.empty())
    class_names = kind == CifarLabels::one    ? cifar10_class_names()
                  : kind == CifarLabels::fine ? cifar100_class_names()
                                              : numbered_class_names(20);
  if (class_names.size() != classes)
    throw FormatError({.operation = "cifar",
                       .problem = "another number of class names than classes",
                       .received = {{"names", std::to_string(class_names.size())}},
                       .expected = std::to_string(classes) + " names"});
  d.class_names = std::move(class_names);
  d.largest_pixel = 255;
  d.preprocessing = Preprocessing::pixels(d.largest_pixel);
  check(d);
  return d;
}

Split cifar10(Where where) {
  const graph::CallScope call(where);
  return load_set({"cifar10", "cifar10", "cifar-10-batches-bin", "data_batch_", "test_",
                   "batches.meta.txt", CifarLabels::one});
}

Split cifar100(Where where) {
  const graph::CallScope call(where);
  return load_set({"cifar100", "cifar100", "cifar-100-binary", "train", "test",
                   "fine_label_names.txt", CifarLabels::fine});
}

}  // namespace fathom::data
