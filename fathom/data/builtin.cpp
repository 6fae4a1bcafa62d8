#include "fathom/data/builtin.h"

#include <algorithm>
#include <cstdlib>
#include <future>

#include "fathom/core/error.h"
#include "fathom/data/cifar.h"
#include "fathom/data/class_names.h"
#include "fathom/data/embedded.h"
#include "fathom/data/table.h"
#include "fathom/graph/context.h"
#include "fathom/io/gzip.h"
#include "fathom/io/idx.h"
#include "fathom/ops/elementwise.h"

namespace fathom::data {
namespace {

// The parts of the carried sets are the same for everybody, whatever the seed of a training.
constexpr std::uint64_t split_seed = 0;

std::string data_folder(const std::string& name) {
  const char* root = std::getenv("FATHOM_DATA");
  if (!root || !*root)
    throw IoError({.operation = "data set " + name,
                   .problem = "the environment variable FATHOM_DATA is not set",
                   .expected = "a folder that holds " + name +
                               "/train-images-idx3-ubyte.gz and its "
                               "three companions",
                   .hint = "export FATHOM_DATA=/path/to/data; `digits` and `iris` need no files"});
  return std::string(root) + "/" + name;
}

Tensor read_idx(const std::string& folder, const std::string& name, const std::string& file) {
  std::string path = folder + "/" + file;
  // Some copies come unpacked; the reader tells by the content.
  if (!io::exists(path + ".gz") && io::exists(path)) return io::load_idx(path);
  path += ".gz";
  if (!io::exists(path))
    throw IoError({.operation = "data set " + name,
                   .problem = "the file is missing",
                   .received = {{"file", path}},
                   .hint = "FATHOM_DATA must name the folder above " + name + "/"});
  return io::load_idx(path);
}

Dataset assemble(const std::string& name, const Tensor& images, const Tensor& labels,
                 std::vector<std::string> class_names) {
  if (images.rank() != 3 || images.dtype() != DType::u8 || labels.rank() != 1 ||
      labels.dtype() != DType::u8)
    throw FormatError({.operation = "data set " + name,
                       .problem = "the files do not hold pictures and labels",
                       .received = {{"pictures", to_string(images.shape())},
                                    {"labels", to_string(labels.shape())}},
                       .expected = "u8 (N, height, width) and u8 (N,)"});
  Dataset d;
  d.name = name;
  d.sample_shape = {images.size(1), images.size(2)};
  d.inputs = images;
  d.labels = cast(labels, DType::i64).eval();
  d.class_names = std::move(class_names);
  d.largest_pixel = 255;
  d.preprocessing = Preprocessing::pixels(d.largest_pixel);
  check(d);
  return d;
}

Split load_idx_set(const std::string& name, const std::string& folder_name,
                   std::vector<std::string> class_names, const Where& where) {
  const graph::CallScope call(where);
  const std::string folder = data_folder(folder_name);
  const auto read = [&](const char* file) {
    const graph::CallScope of_its_thread(where);
    return read_idx(folder, folder_name, file);
  };
  // Unpacking the training pictures takes longest: the rest happens beside it.
  auto test = std::async(std::launch::async, [&] {
    return std::array{read("t10k-images-idx3-ubyte"), read("t10k-labels-idx1-ubyte"),
                      read("train-labels-idx1-ubyte")};
  });
  const Tensor train_images = read("train-images-idx3-ubyte");
  const auto [test_images, test_labels, train_labels] = test.get();
  return {assemble(name, train_images, train_labels, class_names),
          assemble(name, test_images, test_labels, class_names)};
}

}  // namespace

Split digits() {
  const io::Bytes text = io::gunzip(embedded_digits(), "digits.csv.gz", 1 << 20);
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  std::vector<std::uint8_t> row;
  int number = 0;
  for (const std::uint8_t c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
    } else if (c == ',' || c == '\n') {
      row.push_back(static_cast<std::uint8_t>(number));
      number = 0;
    }
    if (c != '\n') continue;
    pixels.insert(pixels.end(), row.begin(), row.end() - 1);
    labels.push_back(row.back());
    row.clear();
  }
  Dataset d;
  d.name = "digits";
  d.sample_shape = {8, 8};
  d.inputs = Tensor::from(pixels, {static_cast<std::int64_t>(labels.size()), 64});
  d.labels = Tensor::from(labels);
  d.class_names = numbered_class_names(10);
  d.largest_pixel = 16;
  d.preprocessing = Preprocessing::pixels(d.largest_pixel);
  check(d);
  return split(d, kTestShare, split_seed);
}

io::CsvTable iris_table() {
  const auto bytes = embedded_iris();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return io::parse_csv(text, "iris.data", {.header = io::CsvHeader::absent});
}

Split iris() {
  Dataset d = from_table(iris_table(), "-1");
  d.name = "iris";
  for (std::string& name : d.class_names) name.erase(0, std::string_view("Iris-").size());
  return standardized(split(d, kTestShare, split_seed));
}

Split mnist(Where where) { return load_idx_set("mnist", "mnist", numbered_class_names(10), where); }

Split fashion_mnist(Where where) {
  return load_idx_set("fashion_mnist", "fashion-mnist",
                      {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                       "Sneaker", "Bag", "Ankle boot"},
                      where);
}

const std::vector<std::string>& builtin_names() {
  static const std::vector<std::string> names = {"digits",        "iris",    "mnist",
                                                 "fashion_mnist", "cifar10", "cifar100"};
  return names;
}

Split load(std::string_view name, Where where) {
  const graph::CallScope call(where);
  if (name == "digits") return digits();
  if (name == "iris") return iris();
  if (name == "mnist") return mnist();
  if (name == "fashion_mnist") return fashion_mnist();
  if (name == "cifar10") return cifar10();
  if (name == "cifar100") return cifar100();
  throw ValueError({.operation = "data::load",
                    .problem = "there is no data set " + std::string(name),
                    .expected = "digits, iris, mnist, fashion_mnist, cifar10 or cifar100"});
}

bool is_builtin(std::string_view name) {
  return std::ranges::find(builtin_names(), name) != builtin_names().end();
}

Split open(const std::string& name_or_path, std::string_view label, std::uint64_t seed,
           Where where) {
  const graph::CallScope call(where);
  if (is_builtin(name_or_path)) return load(name_or_path);
  if (!io::exists(name_or_path))
    throw IoError(
        {.operation = "data",
         .problem = "there is no data set and no file of this name",
         .received = {{"name", name_or_path}},
         .expected = "digits, iris, mnist, fashion_mnist, cifar10, cifar100 or a CSV file"});
  return load_csv(name_or_path, label, seed);
}

}  // namespace fathom::data
