// A main() for libFuzzer entries where there is no libFuzzer: mutates the seed files it is given
// and feeds them for a number of seconds. Same seed number, same inputs.
//
//   safetensors_fuzz SECONDS [SEED_NUMBER] FILE...
//
// A crash leaves the input in "crash.bin"; feed that file with SECONDS = 0 to see it again.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <csignal>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint64_t state = 1;
std::uint64_t next() {  // xorshift64*
  state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
  return state * 2685821657736338717ull;
}
std::size_t below(std::size_t n) { return n == 0 ? 0 : next() % n; }

const Bytes* current = nullptr;

// Called by abort() and by most crashes: keeps the input. Only plain writes here.
void keep_input(int signal) {
  std::signal(signal, SIG_DFL);
  if (std::FILE* file = current ? std::fopen("crash.bin", "wb") : nullptr) {
    std::fwrite(current->data(), 1, current->size(), file);
    std::fclose(file);
    std::fputs("crash: the input is in crash.bin\n", stderr);
  }
  std::raise(signal);
}

Bytes mutated(const std::vector<Bytes>& seeds) {
  Bytes bytes = seeds[below(seeds.size())];
  for (std::size_t left = 1 + below(8); left > 0 && !bytes.empty(); --left) {
    // Half of the damage goes to the start, where headers are.
    const std::size_t reach = below(2) ? bytes.size() : std::min<std::size_t>(bytes.size(), 256);
    const auto place = static_cast<std::ptrdiff_t>(below(reach));
    const auto at = bytes.begin() + place;
    switch (below(7)) {
      case 0:
        *at = static_cast<std::uint8_t>(next());
        break;
      case 1:
        *at ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 2:
        *at = below(2) ? 0 : 255;
        break;
      case 3:
        bytes.erase(at, at + static_cast<std::ptrdiff_t>(below(bytes.size() - place) % 9));
        break;
      case 4:
        bytes.insert(at, 1 + below(8), static_cast<std::uint8_t>(next()));
        break;
      case 5:
        bytes.resize(below(bytes.size() + 1));
        break;
      default: {  // a part of another seed
        const Bytes& other = seeds[below(seeds.size())];
        const std::size_t from = below(other.size()),
                          count = below(std::min<std::size_t>(64, other.size() - from));
        bytes.insert(at, other.begin() + static_cast<std::ptrdiff_t>(from),
                     other.begin() + static_cast<std::ptrdiff_t>(from + count));
      }
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s SECONDS [SEED_NUMBER] FILE...\n", argv[0]);
    return 2;
  }
  const double seconds = std::atof(argv[1]);
  std::vector<Bytes> seeds;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (file) {
      seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    } else if (i == 2 && std::atoll(argv[i]) > 0) {
      state = static_cast<std::uint64_t>(std::atoll(argv[i]));
    } else {
      std::fprintf(stderr, "cannot read %s\n", argv[i]);
      return 2;
    }
  }
  if (seeds.empty()) seeds.emplace_back();
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(signal, keep_input);
  const auto feed = [](const Bytes& bytes) {
    current = &bytes;
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    current = nullptr;
  };
  for (const Bytes& seed : seeds) feed(seed);
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t count = 0;
  while (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() <
         seconds) {
    feed(mutated(seeds));
    ++count;
  }
  std::printf("%llu inputs, no crash\n", static_cast<unsigned long long>(count));
}
