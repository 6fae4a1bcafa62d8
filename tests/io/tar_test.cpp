#include "fathom/io/tar.h"

#include "fathom/io/gzip.h"
#include "support.h"

using namespace fathom;
using namespace fathom::test;

namespace {

/// A header block; the checksum is made to fit.
io::Bytes header(const std::string& name, std::size_t size, char type = '0',
                 const std::string& prefix = "") {
  io::Bytes b(512, 0);
  const auto put = [&](std::size_t at, const std::string& text) {
    std::copy(text.begin(), text.end(), b.begin() + static_cast<std::ptrdiff_t>(at));
  };
  char digits[16];
  std::snprintf(digits, sizeof digits, "%011zo", size);
  put(0, name.substr(0, 100));
  put(124, digits);
  put(148, "        ");
  b[156] = static_cast<std::uint8_t>(type);
  put(257, std::string("ustar\0"
                       "00",
                       8));
  put(345, prefix);
  std::size_t sum = 0;
  for (const std::uint8_t byte : b) sum += byte;
  std::snprintf(digits, sizeof digits, "%06zo", sum);
  put(148, std::string(digits) + '\0');
  return b;
}

void add(io::Bytes& archive, const io::Bytes& head, const std::string& body) {
  archive.insert(archive.end(), head.begin(), head.end());
  archive.insert(archive.end(), body.begin(), body.end());
  archive.resize((archive.size() + 511) / 512 * 512);
}

struct Archive {
  TemporaryFolder folder;
  std::string path = folder / "a.tar";
  io::Bytes bytes;
  // Without waiting for the disk, as write_atomically would.
  void write() const {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!bytes.empty()) std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
  }
  io::TarFile open() const {
    write();
    return io::TarFile(path);
  }
};

std::string text_of(const io::Bytes& bytes) { return std::string(bytes.begin(), bytes.end()); }

}  // namespace

TEST_CASE("tar: names of every kind, and what is in the files") {
  Archive a;
  add(a.bytes, header("./one.txt", 3), "one");
  add(a.bytes, header("folder/", 0, '5'), "");
  add(a.bytes, header("two.txt", 0), "");
  add(a.bytes, header("three.txt", 5, '0', "a/folder"), "three");
  const std::string longer = std::string(150, 'x') + "/long.txt";
  add(a.bytes, header("././@LongLink", longer.size() + 1, 'L'), longer + '\0');
  add(a.bytes, header(longer, 4), "four");
  const std::string pax = "22 path=ein/f\xc3\xbcnf.txt\n10 size=4\n";
  add(a.bytes, header("pax", pax.size(), 'x'), pax);
  add(a.bytes, header("short", 4), "five");
  add(a.bytes, header("link", 0, '2'), "");
  a.bytes.resize(a.bytes.size() + 1024);
  const io::TarFile file = a.open();
  REQUIRE(file.entries().size() == 5);
  CHECK(file.entries()[0].name == "one.txt");
  CHECK(text_of(file.read(file.entries()[0])) == "one");
  CHECK(file.entries()[1].bytes == 0);
  CHECK(file.entries()[2].name == "a/folder/three.txt");
  CHECK(file.entries()[3].name == longer);
  CHECK(text_of(file.read(file.entries()[3])) == "four");
  CHECK(file.entries()[4].name == "ein/f\xc3\xbcnf.txt");
  CHECK(text_of(file.read(file.entries()[4])) == "five");
}

TEST_CASE("tar: broken and hostile archives") {
  const auto refusal = [](const io::Bytes& bytes) {
    Archive a;
    a.bytes = bytes;
    return error_text<FormatError>([&] { a.open(); });
  };
  CHECK(refusal({}).starts_with("tar: not a tar archive"));
  CHECK(refusal(io::Bytes(700, 'x')).starts_with("tar: not a tar archive"));
  CHECK(refusal(io::gzip(io::Bytes(100000, 1))).starts_with("tar: "));
  io::Bytes climbing;
  add(climbing, header("a/../../etc/passwd", 3), "abc");
  CHECK(refusal(climbing).starts_with(
      "tar: a name that climbs out of the archive: a/../../etc/passwd"));
  io::Bytes absolute;
  add(absolute, header("/etc/passwd", 3), "abc");
  CHECK(refusal(absolute).starts_with("tar: a name that climbs out"));
  io::Bytes large;
  add(large, header("a", 5000), "abc");
  CHECK(refusal(large).starts_with("tar: the file ends early"));
  io::Bytes changed;
  add(changed, header("a", 3), "abc");
  changed[0] = 'b';
  CHECK(refusal(changed).starts_with("tar: not a tar archive"));
}

TEST_CASE("tar: damaged archives give typed errors only") {
  Archive a;
  add(a.bytes, header("one.txt", 3), "one");
  const std::string pax = "16 path=two.txt\n";
  add(a.bytes, header("pax", pax.size(), 'x'), pax);
  add(a.bytes, header("short", 4), "four");
  const io::Bytes seed = a.bytes;
  CHECK(damage(seed, 300, [&](io::ByteView bytes) {
          a.bytes.assign(bytes.begin(), bytes.end());
          const io::TarFile file = a.open();
          for (const io::TarEntry& entry : file.entries()) file.read(entry);
        }) > 500);
}
