// Foreign files of weights that are broken or hostile: NumPy's, PyTorch's and their archives.
#include "fathom/io/npy.h"
#include "fathom/io/tensor_file.h"
#include "fathom/io/zip.h"
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

using namespace std::string_view_literals;

std::string npy(std::string_view header, std::string_view data = "") {
  return "\x93NUMPY\x01" + std::string(1, '\0') + std::string(1, static_cast<char>(header.size())) +
         std::string(1, '\0') + std::string(header) + std::string(data);
}
io::Bytes archive(const std::string& name, std::string_view content, bool packed = false) {
  io::ZipWriter writer;
  writer.add(name, io::as_bytes(content), packed);
  return writer.finish();
}
// A checkpoint whose pickle is `pickle`.
io::Bytes pickled(std::string_view pickle) { return archive("net/data.pkl", pickle); }
// {"w": a tensor of the storage "0" of four f32}, with these extents and strides.
std::string checkpoint(std::string_view extents, std::string_view strides) {
  return "}S'w'\nctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\n"
         "S'cpu'\nI4\ntQI0\n" +
         std::string(extents) + std::string(strides) + "I00\nNtRs.";
}
io::Bytes checkpoint_archive(std::string_view extents, std::string_view strides) {
  io::ZipWriter writer;
  writer.add("net/data.pkl", io::as_bytes(checkpoint(extents, strides)), false);
  writer.add("net/data/0", io::as_bytes("0123456789abcdef"), false);
  return writer.finish();
}

}  // namespace

Faults weight_file_faults() {
  return {
      fault<IoError>(
          "a file of weights that is not there", [] { io::load_tensors("/nothing.pt"); },
          not_there("/nothing.pt")),
      fault<FormatError>(
          "a page of a web site for weights",
          [] { io::parse_tensors(io::as_bytes("<!DOCTYPE html><html>"), "net.pt"); },
          R"(load_tensors: a file of no known format
  path: net.pt     size: 21 bytes
  expected safetensors, .npy, .npz, a file of torch.save or TorchScript
  hint: was the file cut off, or is it the page of a web site?
  in: @)"),
      fault<UnsupportedError>(
          "a checkpoint that runs a command",
          [] { io::parse_tensors(pickled("cposix\nsystem\n(S'id'\ntR.")); },
          R"(pickle: a pickle that reaches for a function of Python's
  path: (memory)     name: posix.system
  hint: nothing was executed; this file is not to be trusted
  in: @)"),
      fault<UnsupportedError>(
          "a checkpoint that evaluates a text",
          [] { io::parse_tensors(pickled("cbuiltins\neval\n(S'1+1'\ntR.")); },
          R"(pickle: a pickle that reaches for a function of Python's
  path: (memory)     name: builtins.eval
  hint: nothing was executed; this file is not to be trusted
  in: @)"),
      fault<UnsupportedError>(
          "a checkpoint that calls a function of its own",
          [] { io::parse_tensors(pickled("ctools\nmake_net\n)R.")); },
          R"(pickle: a pickle that calls a function
  path: (memory)     name: tools.make_net
  hint: nothing was executed; save the state_dict alone, which calls none of its own
  in: @)"),
      fault<FormatError>(
          "a checkpoint that contains itself",
          [] { io::parse_tensors(pickled("}q\x01S'a'\nh\x01s.")); },
          R"(torch: a value that contains itself, or nests too deep
  path: (memory)     at: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a....
  expected at most 200 levels
  in: @)"),
      fault<FormatError>(
          "a checkpoint that doubles what it holds",
          [] {
            std::string pickle = "]";
            for (int i = 0; i < 64; ++i)
              pickle +=
                  "2\x85q\x01"
                  "0h\x01h\x01\x86";
            io::parse_tensors(pickled(pickle + "."));
          },
          R"(torch: more values than a file of weights has
  path: (memory)     at: 0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0....
  expected at most 4 million
  hint: this file was made to exhaust memory
  in: @)"),
      fault<FormatError>(
          "a tensor larger than its storage",
          [] { io::parse_tensors(checkpoint_archive("(I3\nI2\nt", "(I2\nI1\nt")); },
          R"(torch: a tensor reaches beyond its storage
  path: (memory)     tensor: w     shape: (3, 2)
  expected at most the 4 numbers of storage 0
  hint: was the file cut off or damaged?
  in: @)"),
      fault<FormatError>(
          "a tensor of four numbers repeated without end",
          [] { io::parse_tensors(checkpoint_archive("(I1000000000\nI4\nt", "(I0\nI1\nt")); },
          R"(torch: tensors of far more numbers than the file has
  path: (memory)     tensor: w     shape: (1000000000, 4)
  expected at most 64 MiB beside 16 times the file
  hint: this file was made to exhaust memory; expanded tensors are to be saved as they were before
  in: @)"),
      fault<FormatError>(
          "a checkpoint without its numbers",
          [] { io::parse_tensors(pickled(checkpoint("(I4\nt", "(I1\nt"))); },
          R"(torch: a storage is missing
  path: (memory)     storage: 0
  expected net/data/0
  hint: was the file cut off or damaged?
  in: @)"),
      fault<FormatError>(
          "an archive with a path that climbs",
          [] { io::parse_npz(archive("../../etc/passwd.npy", "")); },
          R"(zip: a member's name that climbs out of the archive
  path: (memory)     member: ../../etc/passwd.npy
  expected names below the archive's own folder
  hint: this file is not to be trusted
  in: @)"),
      fault<FormatError>(
          "an archive that unpacks without end",
          [] { io::parse_npz(archive("a.npy", std::string(300 << 20, '\0'), true)); },
          R"(zip: a member that unpacks to more than 100 times its size
  path: (memory)     member: a.npy
  expected at most 256 MiB, or 100 times the 305761 packed bytes
  hint: this may be a bomb; store the member without packing it
  in: @)"),
      fault<FormatError>(
          "an archive that is cut off", [] { io::parse_npz(io::as_bytes("PK\x03\x04 and so on")); },
          R"(zip: no archive's directory at the end
  path: (memory)
  expected a ZIP archive
  hint: was the file cut off?
  in: @)"),
      fault<FormatError>(
          "an archive of NumPy's with something else",
          [] { io::parse_npz(archive("readme.txt", "hello")); },
          R"(npz: a member that is no array
  path: (memory)     member: readme.txt
  expected names that end in .npy
  in: @)"),
      fault<FormatError>(
          "text called npy", [] { io::parse_npy(io::as_bytes("hello, world")); },
          R"(npy: not a .npy file
  path: (memory)     got: 12 bytes of another kind
  expected a file that begins with \x93NUMPY
  hint: was the file cut off?
  in: @)"),
      fault<FormatError>(
          "an array that promises terabytes",
          [] {
            io::parse_npy(io::as_bytes(npy(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }", "xx")));
          },
          R"(npy: the numbers do not fill the shape
  path: (memory)     got: 2 bytes for shape (1000000, 1000000)
  expected 4000000000000 bytes
  hint: was the file cut off?
  in: @)"),
      fault<UnsupportedError>(
          "an array of pickled objects",
          [] {
            io::parse_npy(
                io::as_bytes(npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")));
          },
          R"(npy: no tensor of this element type
  path: (memory)     descr: |O
  expected f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 or b1
  hint: an array of pickled Python objects: nothing is unpickled
  in: @)"),
      fault<UnsupportedError>(
          "bf16 as npy", [] { io::save_npy("/tmp/never.npy", zeros({2}, DType::bf16)); },
          R"(save_npy: NumPy has no bf16
  dtype: bf16
  hint: cast to f32, or save as safetensors
  in: @)"),
      fault<ValueError>(
          "a name that climbs in an archive to write",
          [] {
            const std::vector<io::NamedTensor> tensors{{"../w", zeros({1})}};
            io::save_npz("/tmp/never.npz", tensors);
          },
          R"(save_npz: no name for a member
  name: ../w
  expected a name that is no path upwards
  in: @)"),
  };
}

}  // namespace fathom::test
