// Random transforms: the same key, the same picture; what they draw stays in its range.
#include "fathom/vision/transforms.h"

#include <doctest/doctest.h>

#include "fathom/data/loader.h"
#include "fathom/data/pictures.h"
#include "fathom/ops/creation.h"
#include "fathom/vision/auto_augment.h"
#include "fathom/vision/mix.h"

using namespace fathom;
using namespace fathom::vision;

namespace {

Tensor photo(std::int64_t channels, std::int64_t height, std::int64_t width) {
  std::vector<std::uint8_t> pixels;
  for (std::int64_t i = 0; i < channels * height * width; ++i)
    pixels.push_back(static_cast<std::uint8_t>((i * i / 7 + 13 * i) % 251));
  return Tensor::from(pixels, {channels, height, width});
}

std::vector<double> values(const Tensor& t) { return t.to_vector<double>(); }

std::vector<std::pair<std::string, Transform>> random_transforms() {
  return {
      {"RandomCrop", RandomCrop{.size = {9, 10}, .padding = {4}}},
      {"RandomCrop reflect",
       RandomCrop{.size = {30}, .pad_if_needed = true, .padding_mode = PaddingMode::symmetric}},
      {"RandomResizedCrop", RandomResizedCrop{.size = {12}}},
      {"RandomHorizontalFlip", RandomHorizontalFlip{}},
      {"RandomVerticalFlip", RandomVerticalFlip{}},
      {"RandomRotation", RandomRotation{.degrees = {30}}},
      {"RandomAffine", RandomAffine{.degrees = {-10, 20},
                                    .translate = Point{0.1, 0.2},
                                    .scale = Range{0.8, 1.2},
                                    .shear = {-5, 5, -3, 3}}},
      {"RandomPerspective", RandomPerspective{.p = 1}},
      {"ColorJitter",
       ColorJitter{.brightness = {0.4}, .contrast = {0.5, 1.5}, .saturation = {0.4}, .hue = {0.1}}},
      {"RandomGrayscale", RandomGrayscale{.p = 0.5}},
      {"GaussianBlur", GaussianBlur{.kernel_size = {3}}},
      {"RandomErasing", RandomErasing{.p = 1}},
      {"RandomErasing random", RandomErasing{.p = 1, .value = {}}},
      {"AutoAugment", AutoAugment{}},
      {"AutoAugment cifar10", AutoAugment{.policy = AutoAugmentPolicy::cifar10}},
      {"AutoAugment svhn", AutoAugment{.policy = AutoAugmentPolicy::svhn}},
      {"RandAugment", RandAugment{}},
      {"TrivialAugmentWide", TrivialAugmentWide{}}};
}

}  // namespace

TEST_CASE("vision: the same key gives the same picture, another key another") {
  const Tensor u8 = photo(3, 21, 24);
  for (const Tensor& picture : {u8, to_dtype(u8, DType::f32, true)})
    for (const auto& [name, transform] : random_transforms()) {
      CAPTURE(name);
      int different = 0;
      for (std::uint64_t key = 1; key <= 16; ++key) {
        const Tensor once = transform(picture, key);
        CHECK(once.dtype() == picture.dtype());
        CHECK(values(once) == values(transform(picture, key)));
        different += values(once) != values(transform(picture, key + 100));
      }
      CHECK(different > 3);
    }
}

TEST_CASE("vision: probabilities of 0 and 1") {
  const Tensor picture = photo(3, 5, 6);
  CHECK(values(RandomHorizontalFlip{.p = 0}(picture, 7)) == values(picture));
  CHECK(values(RandomHorizontalFlip{.p = 1}(picture, 7)) == values(horizontal_flip(picture)));
  CHECK(values(RandomVerticalFlip{.p = 1}(picture, 7)) == values(vertical_flip(picture)));
  CHECK(values(RandomGrayscale{.p = 1}(picture, 7)) == values(rgb_to_grayscale(picture, 3)));
  CHECK(values(RandomErasing{.p = 0}(picture, 7)) == values(picture));
  CHECK(values(ColorJitter{}(picture, 7)) == values(picture));
  CHECK(values(RandomPerspective{.distortion_scale = 0, .p = 1}(photo(1, 8, 8), 3)) ==
        values(photo(1, 8, 8)));
}

TEST_CASE("vision: parts lie in the picture, and every place is drawn") {
  std::vector<std::uint8_t> pixels(36);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i);
  const Tensor picture = Tensor::from(pixels, {1, 6, 6});
  std::vector<int> seen(36);
  for (std::uint64_t key = 0; key < 400; ++key) {
    const Tensor part = RandomCrop{.size = {3, 2}}(picture, key);
    CHECK(part.shape() == Shape{1, 3, 2});
    ++seen[static_cast<std::size_t>(values(part)[0])];
  }
  for (std::size_t i = 0; i < 36; ++i) CHECK((seen[i] > 0) == (i / 6 <= 3 && i % 6 <= 4));
  const RandomResizedCrop whole{.size = {6}, .scale = {1, 1}, .ratio = {1, 1}};
  CHECK(values(whole(picture, 3)) == values(picture));
}

TEST_CASE("vision: Compose gives each transform a key of its own") {
  const Tensor picture = photo(3, 40, 40);
  const Compose twice{RandomCrop{.size = {30}}, RandomCrop{.size = {20}}, ToDtype{DType::f32, true},
                      Normalize{{0.5}, {0.25}}};
  const Key key = 5;
  const Tensor by_hand = vision::normalize(
      to_dtype(RandomCrop{.size = {20}}(RandomCrop{.size = {30}}(picture, key.of(0)), key.of(1)),
               DType::f32, true),
      {0.5}, {0.25});
  CHECK(values(twice(picture, key)) == values(by_hand));
  CHECK(values(Compose{}(picture, key)) == values(picture));
}

TEST_CASE("vision: any number of workers gives the same pictures") {
  data::ImageFiles files;
  files.class_names = {"a", "b"};
  for (std::int64_t i = 0; i < 23; ++i) {
    files.names.push_back(std::to_string(i));
    files.labels.push_back(i % 2);
  }
  files.bytes = [](std::int64_t i) { return io::encode_png(photo(3, 12 + i, 17)); };
  const Compose augment{RandomResizedCrop{.size = {8}}, RandomHorizontalFlip{}, RandAugment{}};
  const auto run = [&](int workers) {
    std::vector<double> all;
    for (const data::Batch& batch :
         data::loader(data::source(files, augment),
                      {.batch_size = 5, .shuffle = true, .workers = workers, .seed = 3})) {
      const auto inputs = values(batch.inputs), labels = values(batch.labels);
      CHECK(batch.inputs.shape()[1] == 3);
      all.insert(all.end(), inputs.begin(), inputs.end());
      all.insert(all.end(), labels.begin(), labels.end());
    }
    return all;
  };
  const std::vector<double> alone = run(0);
  CHECK(alone.size() == 23 * (3 * 8 * 8 + 1));
  CHECK(run(1) == alone);
  CHECK(run(3) == alone);
}

TEST_CASE("vision: MixUp and CutMix mix pictures and labels alike") {
  const Tensor pictures =
      Tensor::from(std::vector<float>{1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4}, {3, 1, 2, 2});
  const data::Batch batch{pictures, Tensor::from(std::vector<std::int64_t>{0, 1, 1})};
  const data::Batch mixed = mixup(batch, 0.75, 2);
  CHECK(values(mixed.inputs) ==
        std::vector<double>{1.75, 1.75, 1.75, 1.75, 1.75, 1.75, 1.75, 1.75, 3.5, 3.5, 3.5, 3.5});
  CHECK(values(mixed.labels) == std::vector<double>{0.75, 0.25, 0.25, 0.75, 0, 1});
  const data::Batch cut = cutmix(batch, 0, 0, 1, 1, 2);
  CHECK(values(cut.inputs) == std::vector<double>{4, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4});
  CHECK(values(cut.labels) == std::vector<double>{0.75, 0.25, 0.25, 0.75, 0, 1});
  // A mixed batch may be mixed again: labels are shares then.
  CHECK(values(mixup(mixed, 1, 0).labels) == values(mixed.labels));
  double sum = 0;
  for (std::uint64_t key = 0; key < 200; ++key) {
    const data::Batch drawn = MixUp{.alpha = 0.4, .num_classes = 2}(batch, key);
    const double lambda = values(drawn.labels)[0];
    CHECK(lambda >= 0);
    CHECK(lambda <= 1);
    sum += lambda;
    CHECK(values(CutMix{.num_classes = 2}(batch, key).labels).size() == 6);
  }
  CHECK(std::abs(sum / 200 - 0.5) < 0.1);
}
