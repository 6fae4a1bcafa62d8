// Pooling layers beyond what the golden files say of them.
#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "tests/ops/samples.h"

namespace fathom::test {

TEST_CASE("unpooling puts the maxima back where they were") {
  const Tensor x = make_numbers("unpool", real({2, 3, 6, 8}, 0.1, 1));
  const nn::MaxPool2d pool(2);
  const IndexedResult y = pool.with_indices(x);
  CHECK(equal(y.values, pool(x)));
  const Tensor back = nn::MaxUnpool2d(2)(y.values, y.indices);
  CHECK(back.shape() == x.shape());
  CHECK(equal(pool(back), y.values));
  CHECK(equal(where(back == 0, 0, x), back));
  const nn::AdaptiveMaxPool1d adaptive(3);
  const Tensor line = flatten(x, 1, 2);
  CHECK(equal(adaptive.with_indices(line).values, adaptive(line)));
}

TEST_CASE("global pooling gives one number a channel") {
  const Tensor x = make_numbers("global", real({2, 3, 4, 5}));
  CHECK(equal(nn::GlobalAveragePooling()(x), mean(x, {2, 3})));
  CHECK(equal(nn::GlobalMaxPooling{.keepdims = true}(x), nn::AdaptiveMaxPool2d(1)(x)));
}

TEST_CASE("a model of pooling layers is walked and summed up") {
  const nn::Sequential net{nn::MaxPool2d(3, {.stride = 2, .padding = 1}), nn::AvgPool2d({1, 2}),
                           nn::AdaptiveAvgPool2d(1), nn::Flatten()};
  CHECK(net(zeros({2, 3, 9, 9})).shape() == Shape{2, 3});
  CHECK(nn::parameter_count(net) == 0);
}

}  // namespace fathom::test
