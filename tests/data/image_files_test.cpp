// Folders, archives and lists of pictures, and CIFAR's files.
#include "fathom/data/pictures.h"

#include "fathom/data/builtin.h"
#include "fathom/data/cifar.h"
#include "fathom/data/loader.h"
#include "fathom/io/gzip.h"
#include "fathom/io/tar.h"
#include "fathom/ops/creation.h"
#include "fathom/vision/transforms.h"
#include "tests/io/support.h"

using namespace fathom;
using namespace fathom::test;

namespace {

using Names = std::vector<std::string>;

/// A folder with pictures of one colour each: what a row holds shows which file it is.
struct Photos {
  TemporaryFolder folder;

  void add(const std::string& name, std::uint8_t color, std::int64_t height = 5) const {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    io::write_png(folder / name, full({3, height, 4}, color, DType::u8));
  }
  void text(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    io::write_atomically(folder / name, text);
  }
  std::string path() const { return folder.path().string(); }
};

int color(const data::ImageFiles& files, std::int64_t i) {
  const Tensor picture = files.picture(i);
  return picture.data<std::uint8_t>()[0];
}

Photos zoo() {
  Photos photos;
  photos.add("train/dog/b.png", 30);
  photos.add("train/dog/a.PNG", 20);
  photos.add("train/cat/1.jpg", 10);  // a PNG: the content counts
  photos.add("train/cat/more/0.png", 15);
  photos.text("train/cat/notes.txt", "not a picture");
  photos.text("train/.hidden/x.png", "not a picture");
  photos.text("train/beside.png", "not a picture");
  photos.add("val/dog/9.png", 90);
  photos.add("val/cat/8.png", 80);
  return photos;
}

}  // namespace

TEST_CASE("image folder: classes and files in the order of their names") {
  const Photos photos = zoo();
  const data::ImageFiles files = data::image_folder(photos.path(), "train");
  CHECK(files.class_names == Names{"cat", "dog"});
  CHECK(files.labels == std::vector<std::int64_t>{0, 0, 1, 1});
  REQUIRE(files.size() == 4);
  CHECK(files.names[0] == photos.path() + "/train/cat/1.jpg");
  CHECK(files.names[1] == photos.path() + "/train/cat/more/0.png");
  CHECK(color(files, 0) == 10);
  CHECK(color(files, 1) == 15);
  CHECK(color(files, 2) == 20);
  CHECK(color(files, 3) == 30);
  CHECK_THROWS_AS(files.picture(4), IndexError);
  const auto [train, test] = data::image_folder_parts(photos.path());
  CHECK(train.names == files.names);
  CHECK(color(test, 1) == 90);
  const data::ImageFiles chosen = data::select(files, std::vector<std::int64_t>{3, 0});
  CHECK(chosen.labels == std::vector<std::int64_t>{1, 0});
  CHECK(color(chosen, 0) == 30);
}

TEST_CASE("image folder: what makes none") {
  const Photos photos = zoo();
  const auto error = [&](const std::string& part) {
    return error_text<ValueError>([&] { data::image_folder(photos.path(), part); });
  };
  CHECK(
      error("train/cat/more").starts_with("data::image_folder: there are no folders of pictures"));
  std::filesystem::create_directories(photos.folder.path() / "train/empty");
  CHECK(error("train").starts_with("data::image_folder: a class without pictures"));
  CHECK_THROWS_AS(data::image_folder("/nothing"), IoError);
  photos.add("val/bird/1.png", 1);
  std::filesystem::remove_all(photos.folder.path() / "train/empty");
  CHECK(error_text<ValueError>([&] {
          data::image_folder_parts(photos.path());
        }).starts_with("data::image_folder: the parts have different classes"));
}

TEST_CASE("image folder: a damaged picture is named, whoever decodes it") {
  const Photos photos = zoo();
  photos.text("train/dog/b.png", "text");
  const data::ImageFiles files = data::image_folder(photos.path(), "train");
  for (const int workers : {0, 2}) {
    const std::string error = error_text<FormatError>([&] {
      for (const data::Batch& batch :
           data::loader(data::source(files, vision::Resize{{2, 2}}), {.workers = workers}))
        batch.inputs.eval();
    });
    CHECK(error.find("path: " + photos.path() + "/train/dog/b.png") != std::string::npos);
  }
}

TEST_CASE("image list: paths from the list's folder, classes by name") {
  const Photos photos = zoo();
  photos.text("list.csv", "path,kind\ntrain/dog/b.png,dog\nval/cat/8.png,cat\n");
  const data::ImageFiles files = data::image_list(photos.folder / "list.csv", "path", "kind");
  CHECK(files.class_names == Names{"cat", "dog"});
  CHECK(files.labels == std::vector<std::int64_t>{1, 0});
  CHECK(color(files, 0) == 30);
  CHECK(color(files, 1) == 80);
  CHECK(data::image_list(photos.folder / "list.csv").names == files.names);
  CHECK_THROWS_AS(data::image_list(photos.folder / "list.csv", "file"), ValueError);
  photos.text("plain.csv", "nothing.png,1\n");
  const data::ImageFiles lost = data::image_list(photos.folder / "plain.csv");
  CHECK(error_text<IoError>([&] { lost.picture(0); }).find("/nothing.png") != std::string::npos);
}

TEST_CASE("image folder: the pictures of an archive are those of its folder") {
  const auto path = data_file("image folder: an archive", "cifar10/imagefolder-jpeg-12k.tar");
  if (path.empty()) return;
  const auto [train, test] = data::image_folder_parts(path);
  CHECK(train.size() == 10000);
  CHECK(test.size() == 2000);
  CHECK(train.class_names.front() == "airplane");
  CHECK(train.class_names.back() == "truck");
  CHECK(test.names[200] == path + "/test/automobile/0000.jpg");
  CHECK(test.labels[1999] == 9);
  CHECK(test.picture(1234).shape() == Shape{3, 32, 32});
  const std::vector<std::int64_t> some = {5, 250, 999};
  for (const data::Batch& batch :
       data::loader(data::source(data::select(test, some),
                                 vision::Compose{vision::ToDtype{DType::f32, true}}),
                    {.batch_size = 3, .workers = 2})) {
    CHECK(batch.inputs.shape() == Shape{3, 3, 32, 32});
    CHECK(batch.labels.to_vector<std::int64_t>() == std::vector<std::int64_t>{0, 1, 4});
  }
}

TEST_CASE("cifar: records of one file or several, plain or packed") {
  const TemporaryFolder folder;
  const auto write = [&](const std::string& name, std::size_t labels, std::vector<int> rows,
                         bool packed = false) {
    io::Bytes bytes;
    for (const int row : rows) {
      for (std::size_t i = 0; i < labels; ++i)
        bytes.push_back(static_cast<std::uint8_t>(row + static_cast<int>(i) * 50));
      bytes.insert(bytes.end(), 3072, static_cast<std::uint8_t>(10 * row));
    }
    io::write_atomically(folder / name, io::ByteView(packed ? io::gzip(bytes) : bytes));
    return folder / name;
  };
  const std::vector<std::string> both = {write("a.bin", 1, {3, 9}),
                                         write("b.bin.gz", 1, {0}, true)};
  const data::Dataset ten = data::load_cifar(both);
  CHECK(ten.inputs.shape() == Shape{3, 3, 32, 32});
  CHECK(ten.labels.to_vector<std::int64_t>() == std::vector<std::int64_t>{3, 9, 0});
  CHECK(ten.inputs.data<std::uint8_t>()[3072] == 90);
  const std::vector<std::string> hundred = {write("c.bin", 2, {1, 2})};
  CHECK(data::load_cifar(hundred, data::CifarLabels::fine).labels.to_vector<std::int64_t>() ==
        std::vector<std::int64_t>{51, 52});
  CHECK(data::load_cifar(hundred, data::CifarLabels::coarse).classes() == 20);
  CHECK_THROWS_AS(data::load_cifar(hundred), FormatError);
  CHECK(error_text<FormatError>([&] {
          data::load_cifar({write("d.bin", 1, {1, 10})});
        }) == "cifar: a label out of range\n  path: " + (folder / "d.bin") +
                  "     picture: 1     label: 10\n  expected 0 to 9");
}

TEST_CASE("cifar10 comes from FATHOM_DATA") {
  if (data_file("cifar10", "cifar10").empty()) return;
  const auto [train, test] = data::cifar10();
  CHECK(train.size() >= 3500);
  CHECK(test.size() >= 200);
  CHECK(train.class_names[6] == "frog");
  CHECK(train.labels.data<std::int64_t>()[0] == 6);  // the first picture of all is a frog
  CHECK(data::load("cifar10").train.features() == 3072);
}
