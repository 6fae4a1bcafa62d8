// Files that are made to exhaust memory or the stack: pictures, archives and checkpoints that claim
// to be far more than they are.
#include "fathom/io/image.h"
#include "fathom/io/npy.h"
#include "fathom/io/tensor_file.h"
#include "fathom/io/zip.h"
#include "fathom/keras/keras.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

using namespace std::string_view_literals;

#define SEEDS FATHOM_TEST_SOURCE "/fuzz/seeds/keras/"

void set(io::Bytes& bytes, std::size_t at, std::initializer_list<int> values) {
  for (const int value : values) bytes[at++] = static_cast<std::uint8_t>(value);
}

// Two members that say to be of 255 MiB each, in 300 kB each.
io::Bytes archive_of_zeros() {
  io::Bytes noise(300000);
  std::uint32_t state = 1;
  for (std::uint8_t& byte : noise)
    byte = static_cast<std::uint8_t>((state = state * 69069 + 1) >> 24);
  io::ZipWriter writer;
  writer.add("a", noise, true);
  writer.add("b", noise, true);
  io::Bytes archive = writer.finish();
  for (std::size_t at = archive.size() - 200; at + 28 < archive.size(); ++at)
    if (archive[at] == 'P' && archive[at + 1] == 'K' && archive[at + 2] == 1)
      set(archive, at + 24, {0, 0, 0xf0, 0x0f});  // the unpacked size, in the directory
  return archive;
}

io::Bytes large_png() {
  io::Bytes bytes = io::encode_png(zeros({1, 8, 8}, DType::u8));
  set(bytes, 16, {0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60});
  // The checksum of this header.
  set(bytes, 29, {0xa5, 0xb9, 0x2a, 0x9e});
  return bytes;
}

std::string nested(int levels) { return std::string(static_cast<std::size_t>(levels), '['); }

}  // namespace

Faults bomb_faults() {
  return {
      fault<FormatError>(
          "a PNG of 60000 x 60000 pixels in a hundred bytes", [] { io::decode_image(large_png()); },
          R"(png: a picture of 60000 x 60000 pixels cannot be in 69 bytes
  path: (memory)
  expected a whole PNG picture
  hint: was the file cut off or damaged?
  in: @)"),
      fault<FormatError>(
          "an array of a million by a million by a million numbers",
          [] {
            io::parse_npy(
                io::as_bytes("\x93NUMPY\x01\0\x50\0{'descr': '<f4', 'fortran_order': False, "
                             "'shape': (1000000, 1000000, 1000000)}  "sv));
          },
          R"(npy: the numbers do not fill the shape
  path: (memory)     got: 0 bytes for shape (1000000, 1000000, 1000000)
  expected a shape that a file can fill
  hint: was the file cut off?
  in: @)"),
      fault<FormatError>(
          "an archive whose members are bombs together",
          [] {
            const io::Bytes archive = archive_of_zeros();
            io::ZipReader(io::source_of(archive, "(memory)"));
          },
          R"(zip: members that together unpack to more than 100 times their size
  path: (memory)     member: b
  expected at most 256 MiB, or 100 times the 600190 packed bytes up to here
  hint: this may be a bomb; store the members without packing them)"),
      fault<FormatError>(
          "a model of Keras whose description is nested 100,000 deep",
          [] { keras::model_from_json(nested(100000), {}); }, R"(keras: nested too deep
  at: config     got: 201 levels
  expected at most 200
  in: @)"),
      fault<FormatError>(
          "a data set of 4 TB in 2 kB", [] { keras::load_tensors(SEEDS "huge_space.h5"); },
          R"(hdf5: data sets larger than the file can hold
  path: )" SEEDS R"(huge_space.h5     at: w
  expected at most 256 MiB in all, or 100 times the file's bytes
  hint: was the file cut off or damaged?
  in: @)"),
      fault<FormatError>(
          "data sets that are too large together",
          [] { keras::load_tensors(SEEDS "many_spaces.h5"); },
          R"(hdf5: data sets larger than the file can hold
  path: )" SEEDS R"(many_spaces.h5     at: w1
  expected at most 256 MiB in all, or 100 times the file's bytes
  hint: was the file cut off or damaged?
  in: @)"),
      fault<FormatError>(
          "a group that contains itself", [] { keras::load_tensors(SEEDS "contains_itself.h5"); },
          R"(hdf5: groups nested too deep
  path: )" SEEDS
          R"(contains_itself.h5     at: g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g/back/g
  expected at most 32 levels
  hint: was the file cut off or damaged?
  in: @)"),
      fault<UnsupportedError>(
          "a data set in parts of 16 GB", [] { keras::load_tensors(SEEDS "huge_parts.h5"); },
          R"(hdf5: data in parts of more than 256 MiB
  path: )" SEEDS R"(huge_parts.h5     at: w
  expected what Keras and h5py write by default
  in: @)"),
      fault<FormatError>(
          "a part of 64 bytes that unpacks to 50 million of them",
          [] { keras::load_tensors(SEEDS "inflating_part.h5"); },
          R"(hdf5: a damaged part of a data set
  path: )" SEEDS R"(inflating_part.h5     at: w
  hint: was the file cut off or damaged?
  in: @)"),
  };
}

}  // namespace fathom::test
