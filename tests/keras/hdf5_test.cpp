// HDF5 files of h5py, each data set of which counts from 0 (tools/golden/hdf5.py).
#include "fathom/keras/hdf5.h"

#include <doctest/doctest.h>

#include "fathom/ops/elementwise.h"
#include "tests/io/support.h"

using namespace fathom;
using keras::detail::Hdf5File;

namespace {

Hdf5File file_of(const std::string& name) {
  const std::string path = FATHOM_TEST_SOURCE "/golden/keras/" + name;
  return Hdf5File(io::read_file(path), path);
}

bool counts(const Tensor& t) {
  const std::vector<double> values = cast(t, DType::f64).to_vector<double>();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != static_cast<double>(i)) return false;
  return true;
}

}  // namespace

TEST_CASE("hdf5: data in one piece and in packed parts, of any type and order of bytes") {
  const Hdf5File file = file_of("hdf5_parts.h5");
  std::vector<std::string> notes;
  for (const auto& [name, shape, dtype] : {std::tuple{"packed", Shape{20, 30}, DType::f32},
                                           {"plain", Shape{50}, DType::i32},
                                           {"cube", Shape{3, 4, 5}, DType::f64},
                                           {"swapped", Shape{6}, DType::f64},
                                           {"half", Shape{6}, DType::f16}}) {
    CAPTURE(name);
    const Tensor t = file.tensor(name, notes);
    CHECK(t.shape() == shape);
    CHECK(t.dtype() == dtype);
    CHECK(counts(t));
  }
  CHECK(notes == std::vector<std::string>{"plain: int16 became i32"});
  CHECK(file.tensor("one", notes).to_vector<std::int32_t>() == std::vector<std::int32_t>{7});
  CHECK(file.tensor("unwritten", notes).to_vector<float>() == std::vector<float>(5, 2.5F));
  CHECK(file.tensor("flags", notes).dtype() == DType::boolean);
  CHECK(file.texts("", "long") == std::vector<std::string>{"a text of any length", "", "another"});
  CHECK(file.texts("", "fixed") == std::vector<std::string>{"abc", "de"});
  CHECK(!file.text("", "none"));
  CHECK(!file.has("none"));
}

TEST_CASE("hdf5: groups and attributes of the new form, few and many") {
  for (const char* name : {"hdf5_v108.h5", "hdf5_latest.h5"}) {
    CAPTURE(name);
    const Hdf5File file = file_of(name);
    CHECK(file.datasets().size() == 61);
    std::vector<std::string> notes;
    CHECK(counts(file.tensor("few/x", notes)));
    for (int i = 0; i < 60; ++i) {
      const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
      const Tensor t = file.tensor("many/x" + number, notes);
      CHECK(t.shape() == Shape{i % 4 + 1});
      CHECK(counts(t));
      CHECK(file.text("many", "a" + number) == "text " + std::to_string(i));
    }
  }
}

TEST_CASE("hdf5: damage is an error or does no harm") {
  for (const char* name : {"hdf5_parts.h5", "hdf5_v108.h5", "hdf5_latest.h5", "functional.h5"}) {
    const io::Bytes whole = io::read_file(FATHOM_TEST_SOURCE "/golden/keras/" + std::string(name));
    test::Random random(7);
    for (int i = 0; i < 300; ++i) {
      try {
        const Hdf5File file(test::mutate(whole, random), name);
        std::vector<std::string> notes;
        for (const std::string& path : file.datasets()) file.tensor(path, notes);
        file.text("", "model_config");
      } catch (const FormatError&) {
      } catch (const UnsupportedError&) {
      }
    }
  }
}
