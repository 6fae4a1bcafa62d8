// What travels with the weights of networks by name: preprocessing, class names, differences.
#include "fathom/models/published.h"

#include <doctest/doctest.h>

#include "fathom/data/class_names.h"
#include "fathom/fathom.h"
#include "fathom/io/npy.h"
#include "tests/io/support.h"

using namespace fathom;

TEST_CASE("published: every network has class names and preprocessing of its own size") {
  for (const std::string& name : models::list()) {
    CAPTURE(name);
    const models::Published known = models::published(name);
    const vision::ImageClassification& p = known.preprocessing;
    CHECK(p.crop_size <= p.resize_size);
    CHECK(p.mean.size() == static_cast<std::size_t>(p.channels));
    CHECK(known.class_names.size() == (p.crop_size < 64 ? 10 : 1000));
  }
  CHECK_THROWS_AS(models::published("resnet19"), ValueError);
  CHECK(data::imagenet_class_names()[281] == "tabby, tabby cat");
  CHECK(data::cifar100_class_names().size() == 100);
  CHECK(data::cifar100_class_names()[99] == "worm");
}

TEST_CASE("published: sizes are those of torchvision's weights, newest or by their content") {
  const auto sizes = [](const char* name, const char* sha256 = "") {
    const vision::ImageClassification p = models::published(name, sha256).preprocessing;
    return Shape{p.resize_size, p.crop_size};
  };
  CHECK(sizes("resnet18") == Shape{256, 224});
  CHECK(sizes("resnet50") == Shape{232, 224});
  CHECK(sizes("resnet50", "0676ba61b6795bbe") == Shape{256, 224});
  CHECK(sizes("convnext_tiny") == Shape{236, 224});
  CHECK(sizes("efficientnet_b7") == Shape{600, 600});
  CHECK(sizes("inception_v3") == Shape{342, 299});
  CHECK(sizes("mobilenet_v3_small") == Shape{256, 224});
  // Which of them is known decides whether a user is told that the rest is a guess.
  for (const char* digits : {"", "0676ba61b6795bbe", "11ad3fa6", "7cb4a7e1", "12fca82f"})
    CHECK(!models::published("resnet50", digits).guessed);
  CHECK(models::published("resnet50", "0123456789abcdef").guessed);
  CHECK(models::published("efficientnet_b1", "bac287d4").preprocessing.interpolation ==
        vision::InterpolationMode::bicubic);
}

TEST_CASE("published: SqueezeNet's weights of its authors, by content, on the prepared cat") {
  const std::string data = test::data_file("SqueezeNet on the prepared cat", "");
  if (data.empty()) return;
  const Tensor pixels = io::load_npy(data + "golden/squeezenet_cat_input_bgr_u8.npy");
  const Tensor mean = reshape(tensor({104.0F, 117.0F, 123.0F}), {3, 1, 1});
  const Tensor input = cast(pixels, DType::f32) - mean;
  for (const std::string name : {"squeezenet1_0", "squeezenet1_1"}) {
    const nn::Layer net =
        models::create(name, {.weights = data + "imagenet/" + name + ".safetensors"});
    const Tensor golden = io::load_npy(data + "golden/" + name + "_cat_logits.npy");
    CHECK(max(abs(reshape(net(input), golden.shape()) - golden)).item() < 1e-4);
  }
  const vision::ImageClassification p =
      models::published("squeezenet1_0", "7cb4a7e1").preprocessing;
  CHECK(equal(p(io::read_image(data + "images/cat_720p.jpg")), squeeze(input, 0)));
}
