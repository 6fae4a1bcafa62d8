// Networks by their names where a command takes a folder, and networks that are trained on
// somebody's pictures, as a user runs them.
#include <doctest/doctest.h>

#include "fathom/fathom.h"
#include "fathom/io/image.h"
#include "fathom/io/npy.h"
#include "tests/cli/json.h"
#include "tests/cli/pictures.h"

using namespace fathom;
using nlohmann::json;
using test::contains;
using test::last_json;
using test::make_pictures;
using test::Outcome;
using test::run_shell;
using test::TemporaryFolder;

namespace {

double largest_difference(const json& numbers, const Tensor& golden) {
  const std::vector<double> expected = cast(golden, DType::f64).to_vector<double>();
  REQUIRE(numbers.size() == expected.size());
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    largest = std::max(largest, std::abs(numbers[i].get<double>() - expected[i]));
  return largest;
}

}  // namespace

TEST_CASE("networks by name: SqueezeNet says of the cat what it said elsewhere") {
  const std::string data = test::data_file("SqueezeNet on the cat", "");
  if (data.empty()) return;
  const TemporaryFolder folder;
  for (const char* version : {"1_0", "1_1"}) {
    const std::string name = std::string("squeezenet") + version;
    const std::string words = " predict " + name + " --weights " + data + "imagenet/" + name +
                              ".safetensors " + data + "images/cat_720p.jpg";
    const Outcome asked = run_shell("$fathom" + words + " --json --logits", folder);
    const json answer = last_json(asked);
    // Halves of a file that become f32 are told.
    CHECK(contains(asked.err, "became f32") == (version == std::string_view("1_1")));
    CHECK(largest_difference(answer["logits"],
                             io::load_npy(data + "golden/" + name + "_cat_logits.npy")) < 1e-4);
    REQUIRE(answer["best"].size() == 5);
    CHECK(answer["best"][0]["class"] == answer["class"]);
    CHECK(contains(answer["class"], "cat"));
    CHECK(!answer.contains("probabilities"));  // a thousand
    const Outcome text = run_shell("$fathom" + words, folder);
    CHECK(contains(text.out, answer["class"].get<std::string>()));
    CHECK(std::ranges::count(text.out, '\n') == 6);
  }
}

TEST_CASE("networks by name: the ResNets reach their accuracy on CIFAR-10's exact pictures") {
  const std::string data = test::data_file("CIFAR's ResNets", "");
  if (data.empty()) return;
  const TemporaryFolder folder;
  for (const auto& [name, file, right] : {std::tuple{"resnet20_cifar", "resnet20-12fca82f.th", 180},
                                          {"resnet56_cifar", "resnet56-4bfd9763.th", 182}}) {
    const Outcome tested = run_shell("$fathom eval " + std::string(name) + " --weights " + data +
                                         "cifar10/" + file + " cifar10 --json",
                                     folder);
    const json result = last_json(tested);
    CHECK(result["rows"] == 200);
    CHECK(result["correct"] == right);
    CHECK(contains(tested.err, "module."));  // what was done with foreign names is told
    CHECK(result["class_names"][3] == "cat");
  }
}

TEST_CASE("networks by name: inspect, plan, summary and the list") {
  const TemporaryFolder folder;
  const json facts = last_json(run_shell("$fathom inspect resnet20_cifar --json", folder));
  CHECK(facts["metadata"]["parameters"] == 269722);
  CHECK(facts["metadata"]["preprocessing"]["crop_size"] == 32);
  const json plan =
      last_json(run_shell("$fathom plan resnet20_cifar --inference --svg p.svg --json", folder));
  CHECK(plan["batch"] == 2);
  CHECK(std::filesystem::exists(folder / "p.svg"));
  CHECK(contains(run_shell("$fathom summary lenet5", folder).out, "(1, 10)"));
  const json all = last_json(run_shell("$fathom models --json", folder));
  CHECK(all.size() == models::list().size());
}

TEST_CASE("fathom train: a network on a folder of pictures, then eval and predict") {
  const TemporaryFolder folder;
  make_pictures(folder, "photos");
  const Outcome trained = run_shell(
      "$fathom train photos --model resnet20_cifar --epochs 4 --batch 6 --json --out run", folder);
  const json result = last_json(trained);
  CHECK(result["tested"] == 12);
  CHECK(result["accuracy"].get<double>() > 0.6);
  CHECK(result["plan_misses_after_warmup"] == 0);
  for (const char* file :
       {"config.json", "log.jsonl", "model/model.safetensors", "model/config.json", "loss.png",
        "confusion.png", "mistakes.png", "samples.png"})
    CHECK(std::filesystem::exists((folder / "run/") + file));
  const json tested = last_json(run_shell("$fathom eval run --json", folder));
  CHECK(tested["accuracy"] == result["accuracy"]);
  CHECK(tested["model_sha256"] == result["model_sha256"]);
  CHECK(tested["class_names"] == json({"blue", "green", "red"}));
  CHECK(last_json(run_shell("$fathom eval run photos/val --json", folder))["correct"] ==
        result["correct"]);
  const json answer =
      last_json(run_shell("$fathom predict run photos/val/red/0.png --json", folder));
  CHECK(answer["probabilities"].size() == 3);

  // From a tar in place, and with a head for other classes on what was learnt.
  const Outcome tuned = run_shell(
      "tar cf more.tar -C photos train && "
      "$fathom train more.tar --model resnet20_cifar --weights run --freeze layer1 --freeze "
      "'layer2.**' --epochs 1 --batch 6 --out tuned",
      folder);
  CHECK_MESSAGE(tuned.code == 0, tuned.err);
  CHECK(contains(tuned.out, "tensors taken by their names"));
  CHECK(contains(tuned.out, "frozen: "));
  const auto tensor = [&](const char* run, const char* name) {
    return *io::load_safetensors((folder / run) + "/model/model.safetensors").find(name);
  };
  for (const char* frozen :
       {"layer1.0.conv1.weight", "layer1.0.bn1.running_mean", "layer2.0.bn2.num_batches_tracked"})
    CHECK(equal(tensor("tuned", frozen), tensor("run", frozen)));
  CHECK(!equal(tensor("tuned", "layer3.0.conv1.weight"), tensor("run", "layer3.0.conv1.weight")));
}

TEST_CASE("fathom train: a network learns the same bits with any threads and workers") {
  const TemporaryFolder folder;
  make_pictures(folder, "photos");
  const std::string train =
      "$fathom train photos --model resnet20_cifar --batch 7 --epochs 2 --seed 3 --json ";
  const json whole = last_json(run_shell(train + "--out whole", folder))["model_sha256"];
  CHECK(last_json(run_shell(train + "--out other --threads 1 --workers 2",
                            folder))["model_sha256"] == whole);
}

TEST_CASE("fathom train: weights of other classes keep all but their head") {
  const TemporaryFolder folder;
  make_pictures(folder, "photos");
  seed(5);
  const nn::Layer learnt = models::create("squeezenet1_1", {.classes = 7});
  io::save_weights(folder / "seven.safetensors", learnt);
  const Outcome tuned = run_shell(
      "$fathom train photos --model squeezenet1_1 --weights seven.safetensors --freeze features "
      "--size 40 --epochs 1 --batch 12 --augment none --out run",
      folder);
  CHECK_MESSAGE(tuned.code == 0, tuned.err);
  CHECK(contains(tuned.out, "50 of 52 tensors taken by their names"));
  CHECK(contains(tuned.out, "pictures are prepared as for the newest weights of this network"));
  CHECK(contains(tuned.out,
                 "new for other classes than the weights' 7: classifier.1.bias "
                 "classifier.1.weight"));
  const io::Safetensors after = io::load_safetensors(folder / "run/model/model.safetensors");
  for (const nn::NamedTensor& t : nn::named_tensors(learnt))
    if (t.name.starts_with("features")) CHECK(equal(*after.find(t.name), t.tensor));
  CHECK(after.find("classifier.1.weight")->shape() == Shape{3, 512, 1, 1});
}
