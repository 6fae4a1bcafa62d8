#include "fathom/io/tar.h"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "fuzz.h"

// An archive is read from a file: one in memory, by process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = "/dev/shm/fathom-tar-fuzz." + std::to_string(::getpid());
  return fathom::test::fuzz(data, size, [](fathom::io::ByteView bytes) {
    std::FILE* out = std::fopen(path.c_str(), "wb");
    std::fwrite(bytes.data(), 1, bytes.size(), out);
    std::fclose(out);
    const fathom::io::TarFile file(path);
    for (const fathom::io::TarEntry& entry : file.entries()) file.read(entry);
  });
}
