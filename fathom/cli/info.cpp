// `fathom info`: what this program is and what it finds.
#include <cstdio>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/cli/command.h"

namespace fathom::cli {

Action info(Options& options) {
  options.example("fathom info");
  return [] {
    std::printf("fathom %s, %s, %d threads\n", std::string(version()).c_str(),
                std::string(cpu::name(cpu::isa())).c_str(), cpu::threads());
    return 0;
  };
}

}  // namespace fathom::cli
