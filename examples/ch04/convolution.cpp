// A photo through three small kernels: blurred, and its edges across and down
//
// Chapter 4. Each kernel of numbers is laid over every place of the photo; what is below it is
// multiplied and added up. Needs FATHOM_DATA (images/ in it), or a photo of one's own. Writes
// convolution.png.
//
// Usage: [--photo FILE]
#include <fathom/fathom.h>

#include <cstdio>
#include <cstdlib>

#include "examples/arguments.h"
#include "fathom/figure/figure.h"
#include "fathom/io/image.h"

using namespace fathom;

struct Filter {
  const char* name;
  Tensor kernel;  // (k, k)
};

std::vector<Filter> filters() {
  const Tensor mean = full({7, 7}, 1.0 / 49);
  const Tensor sobel = tensor({{1.0F, 0.0F, -1.0F}, {2.0F, 0.0F, -2.0F}, {1.0F, 0.0F, -1.0F}});
  return {{"blurred", mean}, {"edges across", sobel}, {"edges down", transpose(sobel, 0, 1)}};
}

/// The grey photo under a kernel: one channel in, one channel out.
Tensor filtered(const Tensor& photo, const Tensor& kernel) {
  const std::int64_t k = kernel.size(0);
  return conv2d(photo, reshape(kernel, {1, 1, k, k}), {}, {.padding = k / 2});
}

std::string photo_in_data() {
  const char* data = std::getenv("FATHOM_DATA");
  if (!data || !*data)
    throw IoError({.operation = "example",
                   .problem = "the environment variable FATHOM_DATA is not set",
                   .hint = "or give a photo: --photo FILE"});
  return std::string(data) + "/images/chelsea.png";
}

int main(int argc, char** argv) {
  const examples::Arguments arguments(argc, argv, {}, {"--photo"});
  const std::string path =
      arguments.has("--photo") ? arguments.text("--photo", "") : photo_in_data();
  const Tensor read = io::read_image(path, {.mode = io::ImageReadMode::gray});
  const Tensor pixels = vision::resize(read, {150});
  const Tensor photo = reshape(cast(pixels, DType::f32), {1, 1, pixels.size(1), pixels.size(2)});

  std::vector<Tensor> pictures{photo / 255};
  std::vector<std::string> captions{"the photo, grey"};
  for (const Filter& filter : filters()) {
    const Tensor y = filtered(photo / 255, filter.kernel);
    const double low = min(y).item(), high = max(y).item();
    std::printf("%-12s  from %6.3f to %6.3f\n", filter.name, low, high);
    // Edges are positive or negative: grey is none.
    const bool edges = low < 0;
    pictures.push_back(edges ? clamp(y / 4 + 0.5, 0.0, 1.0) : y);
    captions.emplace_back(filter.name);
  }
  // Few tones: a smaller file.
  const Tensor tones = round(concat(pictures, 0) * 20) / 20;
  figure::Figure picture(1, 1, {.width = 500, .height = 350});
  picture.axes()
      .title("A photo and what three kernels make of it")
      .images(tones, {.captions = captions, .columns = 2, .low = 0, .high = 1});
  picture.save("convolution.png", 1);
  std::printf("drawn in convolution.png\n");
  return 0;
}
