// `fathom inspect` and `fathom convert` of foreign weights: what they do and what they refuse.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fathom/io/npy.h"
#include "fathom/io/tensor_file.h"
#include "tests/faults/cli_faults.h"

using namespace fathom;

namespace {

#define WEIGHTS FATHOM_TEST_SOURCE "/golden/weights/"
#define KERAS FATHOM_TEST_SOURCE "/golden/keras/"

const test::CliFault weight_faults[] = {
    {"a checkpoint that is cut off", "head -c 900 " WEIGHTS "tensor.pt >t.pt; $fathom inspect t.pt",
     1, R"(fathom: zip: no archive's directory at the end
  path: t.pt
  expected a ZIP archive
  hint: was the file cut off?)"},
    {"text called pt", "cp notes.txt n.pt; $fathom inspect n.pt", 1,
     R"(fathom: load_tensors: a file of no known format
  path: n.pt     size: 29 bytes
  expected safetensors, .npy, .npz, a file of torch.save or TorchScript
  hint: was the file cut off, or is it the page of a web site?)"},
    {"a model of Keras that is cut off",
     "head -c 3000 " KERAS "functional.h5 >t.h5; $fathom inspect t.h5", 1,
     R"(fathom: hdf5: not a whole HDF5 file
  path: t.h5     at: its start
  expected 27680 bytes
  hint: was the file cut off or damaged?)"},
    {"an unknown kind of output", "$fathom convert model.safetensors out.bin", 2,
     R"(fathom convert: OUT ends in .safetensors or .npz, not 'out.bin'
  see: fathom convert --help)"},
    {"a rule that is none", "$fathom convert model.safetensors out.npz abc", 2,
     R"(fathom convert: a rule is PATTERN=REPLACEMENT, not 'abc'
  see: fathom convert --help)"},
    {"a prefix that no name has", "$fathom convert model.safetensors out.npz --prefix net.", 1,
     R"(fathom: convert: no tensor to write
  file: model.safetensors     prefix: net.
  hint: see fathom inspect model.safetensors)"},
    {"weights to convert that are not there", "$fathom convert nothing.pt out.npz", 1,
     R"(fathom: read: cannot open: No such file or directory
  path: nothing.pt
  hint: check the spelling of the path and that its folder exists)"},
};

}  // namespace

TEST_CASE("faults: foreign weights get one clear message") { test::check_rows(weight_faults); }

TEST_CASE("convert: what PyTorch and Keras saved becomes safetensors or npz") {
  const test::TemporaryFolder folder;
  const auto run = [&](const std::string& line) {
    const test::Outcome outcome = test::run_shell(line, folder);
    CHECK_MESSAGE(outcome.code == 0, outcome.err);
    return outcome.out;
  };
  CHECK(run("$fathom convert " WEIGHTS "module.pt net.safetensors 'hidden.*=first.*'")
            .starts_with("net.safetensors: 7 of 7 tensors\nthe weights are in \"model\""));
  const io::Safetensors net = io::load_safetensors(folder / "net.safetensors");
  CHECK(net.find("first.weight"));
  CHECK(net.metadata.at("step") == "3");
  run("$fathom convert " WEIGHTS "zip_protocol4.pt all.npz --all --compressed");
  CHECK(io::load_npz(folder / "all.npz").size() ==
        io::load_tensors(WEIGHTS "zip_protocol4.pt").tensors.size());
  run("$fathom convert " KERAS "functional.keras keras.npz");
  CHECK(io::load_npz(folder / "keras.npz")[0].first == "batch_normalization/vars/0");
  using Json = nlohmann::json;
  const Json facts = Json::parse(run("$fathom inspect --json " WEIGHTS "zip_protocol2.pt"));
  CHECK(facts.at("format") == "torch");
  CHECK(facts.at("wrapper") == "state_dict");
  CHECK(facts.at("metadata").at("epoch") == 12);
  CHECK(facts.at("tensors")[0].at("name") == "array");
  CHECK(facts.at("tensors")[1].at("name") == "state_dict.whole");
  CHECK(run("$fathom inspect " WEIGHTS "zip_protocol2.pt").find("best: 0.75") != std::string::npos);
}
