// Networks by name with and without learnt weights classify a photo, and show what they look at
//
// Chapter 4. Needs FATHOM_DATA (imagenet/squeezenet1_1.safetensors and images/ in it). With
// --weights a file of MobileNetV3-Small's is loaded too. Writes pretrained_filters.png,
// pretrained_maps.png and pretrained_looks_at.png.
//
// Usage: [--photo FILE] [--weights FILE]
#include <fathom/fathom.h>

#include <cstdio>
#include <cstdlib>

#include "examples/arguments.h"
#include "fathom/figure/figure.h"
#include "fathom/io/image.h"

using namespace fathom;

std::string in_data(const char* name) {
  const char* data = std::getenv("FATHOM_DATA");
  if (!data || !*data)
    throw IoError({.operation = "example",
                   .problem = "the environment variable FATHOM_DATA is not set",
                   .expected = "a folder with imagenet/squeezenet1_1.safetensors and images/"});
  return std::string(data) + "/" + name;
}

void print_best(const train::Classifier& network, const Tensor& x) {
  const Tensor shares = network.probabilities(x);
  const auto [values, classes] = topk(shares, 5);
  for (int i = 0; i < 5; ++i) {
    const auto label = static_cast<std::size_t>(classes.to_vector<std::int64_t>()[i]);
    std::printf("  %5.1f %%  %s\n", 100 * values.to_vector<float>()[i],
                network.class_names[label].c_str());
  }
}

/// (B, 1 or 3, H, W) in some rows, each picture stretched to the whole range of grey.
void draw(const Tensor& pictures, int columns, double height, const std::string& title,
          const std::string& path) {
  figure::Figure picture(1, 1, {.width = 500, .height = height});
  picture.axes().title(title).images(pictures, {.columns = columns, .each_alone = true});
  picture.save(path, 1);
}

/// A map (1, H, W) over a grey photo: red where it is 1.
Tensor overlaid(const Tensor& photo, const Tensor& map) {
  const Tensor gray = mean(photo, {0}, true) / 255, share = map * 0.6;
  const Tensor light = gray * (1 - share);
  return concat({light + share, light, light}, 0);  // (3, H, W)
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {}, {"--photo", "--weights"});
  const std::string photo =
      arguments.has("--photo") ? arguments.text("--photo", "") : in_data("images/chelsea.png");
  std::printf("%zu networks have a name, from %s to %s\n", models::list().size(),
              models::list().front().c_str(), models::list().back().c_str());
  const Tensor read = io::read_image(photo);

  // Without weights a network has an opinion all the same: that of its first random numbers.
  seed(0);
  const train::Classifier fresh = train::load_network("mobilenet_v3_small");
  std::printf("mobilenet_v3_small without weights:\n");
  print_best(fresh, stack({(*fresh.pictures)(read)}));
  if (arguments.has("--weights")) {
    const train::Classifier learnt =
        train::load_network("mobilenet_v3_small", {.weights = arguments.text("--weights", "")});
    std::printf("mobilenet_v3_small with weights:\n");
    print_best(learnt, stack({(*learnt.pictures)(read)}));
  }

  train::NetworkReport report;
  const train::Classifier network = train::load_network(
      "squeezenet1_1", {.weights = in_data("imagenet/squeezenet1_1.safetensors")}, &report);
  const Tensor x = stack({(*network.pictures)(read)});  // (1, 3, 227, 227)
  std::printf("squeezenet1_1 with ImageNet weights:\n");
  print_best(network, x);

  // The first layer's filters, and what the first of them make of the photo.
  Tensor filters;
  for (const nn::NamedTensor& t : nn::named_tensors(network.net))
    if (t.name == "features.0.weight") filters = t.tensor;  // (64, 3, 3, 3)
  if (network.pictures->bgr) filters = flip(filters, {1});
  draw(filters, 8, 560, "The 64 filters of the first layer", "pretrained_filters.png");
  const Tensor maps = train::layer_output(network.net, x, "features.0");  // (1, 64, 113, 113)
  const Tensor some = slice(squeeze(maps, 0), 0, 0, 12);
  draw(avg_pool2d(reshape(some, {12, 1, maps.size(2), maps.size(3)}), 2), 4, 430,
       "What the first 12 of them find", "pretrained_maps.png");

  const auto label = argmax(network.logits(x), 1).item<std::int64_t>();
  const Tensor saliency = train::saliency(network.net, x, label);
  const Tensor cam = train::grad_cam(network.net, x, label);
  const Tensor seen = cast(network.pictures->view(read), DType::f32);
  const Tensor row =
      stack({overlaid(seen, clamp(saliency / max(saliency) * 3, 0.0, 1.0)), overlaid(seen, cam)});
  figure::Figure picture(1, 1, {.width = 500, .height = 290});
  picture.axes()
      .title(network.class_names[static_cast<std::size_t>(label)])
      .images(round(avg_pool2d(row, 2) * 24) / 24,
              {.captions = {"saliency", "Grad-CAM"}, .columns = 2, .low = 0, .high = 1});
  picture.save("pretrained_looks_at.png", 1);
  std::printf("drawn in pretrained_filters.png, pretrained_maps.png, pretrained_looks_at.png\n");
  return 0;
}
