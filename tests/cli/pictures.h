// Folders of small pictures to train on.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "fathom/core/tensor.h"
#include "fathom/io/image.h"
#include "tests/io/support.h"

namespace fathom::test {

/// Pictures of three colours with noise in train/ and val/, which any network learns to tell apart.
inline void make_pictures(const TemporaryFolder& folder, const std::string& name) {
  Random random(3);
  const char* classes[] = {"blue", "green", "red"};
  for (const auto& [part, count] : {std::pair{"train", 8}, {"val", 4}})
    for (int c = 0; c < 3; ++c) {
      const std::string to = folder / (name + "/" + part + "/" + classes[c]);
      std::filesystem::create_directories(to);
      for (int i = 0; i < count; ++i) {
        std::vector<std::uint8_t> pixels;
        for (int p = 0; p < 3 * 20 * 24; ++p)
          pixels.push_back(
              static_cast<std::uint8_t>((p / 480 == 2 - c ? 160 : 30) + random.below(60)));
        io::write_png(to + "/" + std::to_string(i) + ".png", Tensor::from(pixels, {3, 20, 24}));
      }
    }
}

}  // namespace fathom::test
