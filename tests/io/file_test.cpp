#include "fathom/io/file.h"

#include <sys/mount.h>
#include <unistd.h>

#include "fathom/io/sha256.h"
#include "support.h"

using namespace fathom;
using namespace fathom::test;

namespace {

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("files: what is written is read back") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.bin";
  const io::Bytes bytes{0, 1, 2, 255, 0};
  io::write_atomically(path, bytes);
  CHECK(io::read_file(path) == bytes);
  const io::MappedFile mapped(path);
  CHECK(io::Bytes(mapped.bytes().begin(), mapped.bytes().end()) == bytes);
  io::write_atomically(path, "short");  // replaces
  CHECK(io::read_text(path) == "short");
  io::write_atomically(path, "");
  CHECK(io::read_file(path).empty());
  CHECK(io::MappedFile(path).bytes().empty());
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("files: small and large writes keep their order") {
  const TemporaryFolder folder;
  const std::string large(200'000, 'x');
  io::write_atomically(folder / "a", [&](io::Sink& sink) {
    sink.write("one ");
    sink.write(large);
    sink.write(" two");
  });
  CHECK(io::read_text(folder / "a") == "one " + large + " two");
}

TEST_CASE("files: errors name the path and the system's reason") {
  const TemporaryFolder folder;
  CHECK(error_text<IoError>([&] { io::read_file(folder / "none"); }) ==
        "read: cannot open: No such file or directory\n  path: " + folder / "none" +
            "\n  hint: check the spelling of the path and that its folder exists");
  CHECK(error_text<IoError>([&] {
          io::read_file(folder.path().string());
        }).starts_with("read: cannot open: Is a directory"));
  CHECK(error_text<IoError>([&] {
          io::read_file("/dev/zero");
        }).starts_with("read: not a regular file\n  path: /dev/zero"));
  CHECK(error_text<IoError>([&] {
          io::write_atomically(folder / "no/such/file", "x");
        }).starts_with("write: cannot create a file: No such file or directory"));
  CHECK(error_text<IoError>([&] {
          io::write_atomically(folder.path().string(), "x");
        }).starts_with("write: cannot replace what is no regular file: Is a directory"));
  CHECK(error_text<IoError>([&] {
          io::write_atomically("/dev/full", "x");
        }).starts_with("write: cannot replace what is no regular file: Invalid argument"));
}

TEST_CASE("files: a writer that throws leaves the old file and nothing else") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "a", "old");
  CHECK_THROWS_AS(io::write_atomically(folder / "a",
                                       [](io::Sink& sink) {
                                         sink.write("new");
                                         throw ValueError({.operation = "test"});
                                       }),
                  ValueError);
  CHECK(io::read_text(folder / "a") == "old");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("files: a file that shrinks while it is read is an IoError") {
  const TemporaryFolder folder;
  io::write_atomically(folder / "a", "12345678");
  const io::InputFile file(folder / "a");
  REQUIRE(::truncate((folder / "a").c_str(), 3) == 0);
  char to[8];
  CHECK(error_text<IoError>([&] { file.read(0, to, 8); }) ==
        "read: the file ended early\n  path: " + folder / "a" +
            "     end: byte 3\n  expected 5 more bytes\n  hint: was it written to while it was "
            "read?");
}

TEST_CASE("files: a folder without permission") {
  if (::geteuid() == 0) {
    std::cout << "skipped: files: a folder without permission (root may write everywhere)\n";
    return;
  }
  const TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read);
  CHECK(error_text<IoError>([&] {
          io::write_atomically(folder / "a", "x");
        }).starts_with("write: cannot create a file: Permission denied"));
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST_CASE("files: a full disk") {
  const TemporaryFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
    std::cout << "skipped: files: a full disk (no right to mount a small tmpfs)\n";
    return;
  }
  io::write_atomically(folder / "a", "old");
  const std::string text =
      error_text<IoError>([&] { io::write_atomically(folder / "a", std::string(1 << 20, 'x')); });
  CHECK(text ==
        "write: cannot write: No space left on device\n  path: " + folder / "a" +
            "\n  hint: free some space or write elsewhere; the old file, if any, is untouched");
  CHECK(io::read_text(folder / "a") == "old");
  CHECK(files_in(folder.path()) == 1);
  ::umount(folder.path().c_str());
}

TEST_CASE("sha256: the examples of FIPS 180-4") {
  CHECK(io::sha256({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(io::sha256(io::as_bytes("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(io::sha256(io::as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  io::Sha256 parts;
  const std::string thousand(1000, 'a');
  for (int i = 0; i < 1000; ++i) parts.update(io::as_bytes(thousand));
  CHECK(parts.hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  const TemporaryFolder folder;
  io::write_atomically(folder / "a", std::string(1'000'000, 'a'));
  CHECK(io::sha256_file(folder / "a") ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
