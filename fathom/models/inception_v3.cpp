#include "fathom/models/inception_v3.h"

#include "fathom/nn/init.h"
#include "fathom/ops/join.h"

namespace fathom::models {

namespace {

Tensor averaged(const Tensor& x) { return avg_pool2d(x, 3, {.stride = 1, .padding = 1}); }
Tensor shrunk(const Tensor& x) { return max_pool2d(x, 3, {.stride = 2}); }

}  // namespace

Tensor InceptionA::operator()(const Tensor& x) const {
  return concat({branch1x1(x), branch5x5_2(branch5x5_1(x)),
                 branch3x3dbl_3(branch3x3dbl_2(branch3x3dbl_1(x))), branch_pool(averaged(x))},
                1);
}
Tensor InceptionB::operator()(const Tensor& x) const {
  return concat({branch3x3(x), branch3x3dbl_3(branch3x3dbl_2(branch3x3dbl_1(x))), shrunk(x)}, 1);
}
Tensor InceptionC::operator()(const Tensor& x) const {
  const Tensor twice = branch7x7dbl_3(branch7x7dbl_2(branch7x7dbl_1(x)));
  return concat({branch1x1(x), branch7x7_3(branch7x7_2(branch7x7_1(x))),
                 branch7x7dbl_5(branch7x7dbl_4(twice)), branch_pool(averaged(x))},
                1);
}
Tensor InceptionD::operator()(const Tensor& x) const {
  const Tensor wide = branch7x7x3_3(branch7x7x3_2(branch7x7x3_1(x)));
  return concat({branch3x3_2(branch3x3_1(x)), branch7x7x3_4(wide), shrunk(x)}, 1);
}
Tensor InceptionE::operator()(const Tensor& x) const {
  const Tensor once = branch3x3_1(x), twice = branch3x3dbl_2(branch3x3dbl_1(x));
  return concat({branch1x1(x), branch3x3_2a(once), branch3x3_2b(once), branch3x3dbl_3a(twice),
                 branch3x3dbl_3b(twice), branch_pool(averaged(x))},
                1);
}
Tensor InceptionAux::operator()(const Tensor& x) const {
  return fc(pooled(conv1(conv0(avg_pool2d(x, 5, {.stride = 3})))));
}

namespace {

// The names say which of the extents a convolution spans: wide 1x7, tall 7x1.
BasicConv2d wide(std::int64_t in, std::int64_t out, std::int64_t n) {
  return basic_conv(in, out, {1, n}, 1, {0, n / 2});
}
BasicConv2d tall(std::int64_t in, std::int64_t out, std::int64_t n) {
  return basic_conv(in, out, {n, 1}, 1, {n / 2, 0});
}
BasicConv2d square(std::int64_t in, std::int64_t out, std::int64_t n) {
  return basic_conv(in, out, n, 1, n / 2);
}
BasicConv2d halving(std::int64_t in, std::int64_t out) { return basic_conv(in, out, 3, 2); }

InceptionA block_a(std::int64_t in, std::int64_t of_pool) {
  return {square(in, 64, 1), square(in, 48, 1), square(48, 64, 5),     square(in, 64, 1),
          square(64, 96, 3), square(96, 96, 3), square(in, of_pool, 1)};
}
InceptionB block_b(std::int64_t in) {
  return {halving(in, 384), square(in, 64, 1), square(64, 96, 3), halving(96, 96)};
}
InceptionC block_c(std::int64_t in, std::int64_t mid) {
  return {square(in, 192, 1), square(in, mid, 1), wide(mid, mid, 7), tall(mid, 192, 7),
          square(in, mid, 1), tall(mid, mid, 7),  wide(mid, mid, 7), tall(mid, mid, 7),
          wide(mid, 192, 7),  square(in, 192, 1)};
}
InceptionD block_d(std::int64_t in) {
  return {square(in, 192, 1), halving(192, 320), square(in, 192, 1),
          wide(192, 192, 7),  tall(192, 192, 7), halving(192, 192)};
}
InceptionE block_e(std::int64_t in) {
  return {square(in, 320, 1), square(in, 384, 1), wide(384, 384, 3),
          tall(384, 384, 3),  square(in, 448, 1), square(448, 384, 3),
          wide(384, 384, 3),  tall(384, 384, 3),  square(in, 192, 1)};
}

Tensor drawn_normal(const Shape& shape) { return nn::init::trunc_normal(shape, 0, 0.1); }

}  // namespace

Tensor InceptionV3::halfway(const Tensor& x) const {
  const Tensor stem = shrunk(Conv2d_2b_3x3(Conv2d_2a_3x3(Conv2d_1a_3x3(x))));
  const Tensor fifth = Mixed_5d(Mixed_5c(Mixed_5b(shrunk(Conv2d_4a_3x3(Conv2d_3b_1x1(stem))))));
  return Mixed_6e(Mixed_6d(Mixed_6c(Mixed_6b(Mixed_6a(fifth)))));
}
Tensor InceptionV3::end(const Tensor& half) const {
  return fc(dropout(pooled(Mixed_7c(Mixed_7b(Mixed_7a(half))))));
}

Tensor InceptionV3::operator()(const Tensor& x) const { return end(halfway(x)); }
InceptionV3::Outputs InceptionV3::outputs(const Tensor& x) const {
  const Tensor half = halfway(x);
  return {end(half), AuxLogits ? (*AuxLogits)(half) : Tensor()};
}

InceptionV3 inception_v3(const InceptionV3Config& config) {
  std::optional<InceptionAux> aux;
  if (config.aux_logits)
    aux = InceptionAux{basic_conv(768, 128, 1), basic_conv(128, 768, 5),
                       nn::Linear(768, config.classes)};
  return drawn(
      InceptionV3{halving(3, 32), basic_conv(32, 32, 3), square(32, 64, 3), square(64, 80, 1),
                  basic_conv(80, 192, 3), block_a(192, 32), block_a(256, 64), block_a(288, 64),
                  block_b(288), block_c(768, 128), block_c(768, 160), block_c(768, 160),
                  block_c(768, 192), std::move(aux), block_d(768), block_e(1280), block_e(2048),
                  nn::Dropout(config.dropout), nn::Linear(2048, config.classes)},
      {.convolution = drawn_normal, .linear = drawn_normal, .zero_bias = false});
}

Entries inception_v3_entries() {
  return {{"inception_v3", [](const std::string&, const ModelOptions& o) -> nn::Layer {
             return inception_v3(
                 {.classes = o.classes.value_or(1000), .dropout = o.dropout.value_or(0.5)});
           }}};
}

}  // namespace fathom::models
