// Donation: a result takes over the memory of an input that nobody else can see, and only then.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "fathom/fathom.h"
#include "fathom/graph/plan.h"
#include "tests/ops/compare.h"

using namespace fathom;

namespace {
constexpr std::int64_t n = 1000;
Tensor start(float value) { return full({n}, value).eval(); }
std::uint64_t donated() { return graph::plan_statistics().donated; }
bool all_are(const Tensor& t, float value) {
  for (const float v : t.data<float>())
    if (v != value) return false;
  return true;
}
}  // namespace

TEST_CASE("donation: an update in a loop runs in place") {
  Tensor x = start(0);
  const void* memory = x.raw_data();
  const auto before = donated();
  for (int i = 0; i < 10; ++i) {
    x = x + 1;
    x.eval();
  }
  CHECK(donated() == before + 10);
  CHECK(x.raw_data() == memory);
  CHECK(all_are(x, 10));
}

TEST_CASE("donation: a network behind tables of embeddings is updated in place") {
  struct Net {
    nn::Embedding words{50, 32}, places{20, 32};
    nn::Linear out{32, 40};
    Tensor operator()(const Tensor& ids) const {
      return out(words(ids) + places(arange(ids.shape()[1])));
    }
    static constexpr auto members() {
      return fathom::members<&Net::words, &Net::places, &Net::out>();
    }
  } net;
  optim::AdamW adam;
  const Tensor ids = reshape(arange(40) * 7 % 50, {4, 10}).eval(),
               labels = (arange(40) % 40).eval();
  const auto loss_fn = [&](const Net& n, const Tensor& x) {
    return cross_entropy(reshape(n(x), {-1, 40}), labels);
  };
  const auto step = [&] {
    const auto [loss, gradients] = value_and_grad(loss_fn)(net, ids);
    adam.step(net, gradients);
    loss.item();
  };
  for (int i = 0; i < 2; ++i) step();
  const auto before = donated();
  step();
  CHECK(donated() == before + 4 * 3);  // each parameter and its two averages
}

TEST_CASE("donation: what a held view shows is not written over") {
  // The view is all that holds the numbers, and stays lazy whoever else reads them.
  const Tensor view = (arange(64) * 1.0F).eval()[{range(), newaxis}];
  const Tensor reversed = (arange(64) * 1.0F).eval()[range(none, none, -1)][{newaxis, range()}];
  for (int i = 0; i < 3; ++i) {
    const Tensor sum = (view + 1.0F).eval();
    CHECK(sum[{63, 0}].item() == 64);
    CHECK((reversed * 2.0F).eval()[{0, 0}].item() == 126);
    CHECK(view[{63, 0}].item() == 63);
    CHECK(reversed[{0, 63}].item() == 0);
  }
}

TEST_CASE("donation: a snapshot keeps its values and ends the donation for one step") {
  Tensor x = start(1);
  x = x + 1;
  x.eval();
  const auto before = donated();
  const Tensor best = x;
  x = x + 1;
  x.eval();
  CHECK(donated() == before);
  CHECK(all_are(best, 2));
  CHECK(all_are(x, 3));
  x = x + 1;
  x.eval();
  CHECK(donated() == before + 1);
  CHECK(all_are(best, 2));
  CHECK(all_are(x, 4));
}

TEST_CASE("donation: memory that a view shares is not written over") {
  Tensor x = start(1);
  const Tensor view = reshape(x, {10, 100}).eval();
  x = x + 1;
  x.eval();
  CHECK(all_are(view, 1));
  CHECK(all_are(x, 2));
  // A lazy view of an input, looked at together with the update, or later.
  Tensor y = start(1);
  const Tensor lazy = slice(y, 0, 0, 500);
  y = y + 1;
  y.eval();
  CHECK(all_are(lazy, 1));
  CHECK(all_are(y, 2));
}

TEST_CASE("donation: every other reader of the input comes first") {
  Tensor x = start(2);
  const Tensor other = exp(x * 0) + sum(x);  // reads all of x
  x = x * 3;
  const std::vector<Tensor> both{x, other};
  const auto before = donated();
  x = {};
  eval(both);
  CHECK(all_are(both[0], 6));
  CHECK(all_are(both[1], 2 * n + 1));
  CHECK(donated() <= before + 2);
}

TEST_CASE("donation: swapping two tensors is not confused") {
  Tensor a = start(1), b = start(2);
  for (int i = 0; i < 5; ++i) {
    const Tensor next = a + b;
    a = b * 1.5;
    b = next;
    const std::vector<Tensor> both{a, b};
    eval(both);
  }
  float x = 1, y = 2;
  for (int i = 0; i < 5; ++i) {
    const float next = x + y;
    x = y * 1.5f;
    y = next;
  }
  CHECK(all_are(a, x));
  CHECK(all_are(b, y));
}

TEST_CASE("donation: an input may be an output, too") {
  Tensor x = start(5);
  const Tensor same = stop_gradient(x);
  x = x + 1;
  const std::vector<Tensor> both{same, x};
  eval(both);
  CHECK(all_are(both[0], 5));
  CHECK(all_are(both[1], 6));
}

TEST_CASE("donation: an error in the middle of a run leaves inputs as they were") {
  Tensor x = start(5);
  const Tensor index = Tensor::from(std::vector<std::int64_t>{n});
  {
    Tensor next = x + 1;
    const Tensor bad = take(x * 2, index);
    const std::vector<Tensor> both{next, bad};
    CHECK_THROWS_AS(eval(both), IndexError);
  }
  CHECK(all_are(x, 5));
  Tensor y = x + 1;  // the only reader of x from here
  x = {};
  const Tensor bad = take(y * 2, index);
  const std::vector<Tensor> both{y, bad};
  CHECK_THROWS_AS(eval(both), IndexError);
  CHECK(all_are(y, 6));
}

TEST_CASE("donation: a training step writes parameters and state in place") {
  struct Net {
    Param w{full({n}, 0.5f).eval()};
    Param b{full({n}, 0.25f).eval()};
  };
  Net net;
  optim::Adam adam;
  const Tensor x = start(2);
  const auto loss = [](const Net& m, const Tensor& in) { return mean(square(in * m.w + m.b)); };
  const auto step = [&] {
    auto [value, gradients] = value_and_grad(loss)(net, x);
    adam.step(net, gradients);
    value.eval();
    nn::eval(net);
  };
  step();
  step();
  const auto before = donated();
  step();
  CHECK(donated() - before >= 6);  // two parameters, two slots each
  const Net best = net;
  const float kept = best.w.data<float>()[0];
  step();
  CHECK(all_are(best.w, kept));
  CHECK(net.w.data<float>()[0] != kept);
}

TEST_CASE("donation: updates follow their gradients, behind what reads the old parameters") {
  struct Net {
    nn::Linear first{16, 32}, second{32, 32}, last{32, 8};
    Tensor operator()(const Tensor& x) const { return last(relu(second(relu(first(x))))); }
    static constexpr auto members() {
      return fathom::members<&Net::first, &Net::second, &Net::last>();
    }
  };
  const Tensor x = randn({10, 16}).eval(), labels = (arange(10) % 8).eval();
  const auto trained = [&] {
    seed(5);
    Net net;
    optim::Adam adam;
    for (int i = 0; i < 4; ++i) {
      const auto [loss, gradients] = value_and_grad(
          [&](const Net& n, const Tensor& at) { return cross_entropy(n(at), labels); })(net, x);
      adam.step(net, gradients);
    }
    return net;
  };
  const Net lazy = trained();
  const auto steps = graph::cached_plans().front()->executable->describe();
  std::size_t first_update = steps.size(), last_product = 0, updates = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].starts_with("matmul")) last_product = i;
    if (!steps[i].starts_with("adam_update")) continue;
    first_update = std::min(first_update, i);
    ++updates;
  }
  CHECK(updates == 6);
  CHECK(first_update < last_product);
  const EagerScope scope;
  const Net eager = trained();
  for (const auto layer : {&Net::first, &Net::second, &Net::last}) {
    CHECK(test::bit_difference((lazy.*layer).weight, (eager.*layer).weight) == "");
    CHECK(test::bit_difference((lazy.*layer).bias, (eager.*layer).bias) == "");
  }
}

TEST_CASE("donation: another thread that holds, reads and drops copies never sees a change") {
  std::mutex mutex;
  Tensor shared = start(0);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0}, seen{0};
  std::thread reader([&] {
    while (!stop.load()) {
      Tensor copy;
      {
        const std::lock_guard lock(mutex);
        copy = shared;
      }
      const auto values = copy.data<float>();
      const float first = values[0];
      for (int round = 0; round < 3; ++round)
        for (const float v : values) wrong += v != first;
      ++seen;
    }
  });
  Tensor x = shared;
  while (seen == 0) std::this_thread::yield();  // on a busy machine a thread may start late
  const auto before = donated();
  for (int i = 1; i <= 2000; ++i) {
    x = x + 1;
    x.eval();
    const std::lock_guard lock(mutex);
    shared = x;
    if (i % 2 == 0) shared = start(-1);  // every other step x is ours alone
  }
  while (seen == 0) std::this_thread::yield();  // a busy machine may not have let it in yet
  stop = true;
  reader.join();
  CHECK(wrong == 0);
  CHECK(seen > 0);
  CHECK(donated() - before > 500);
  CHECK(all_are(x, 2000));
}
