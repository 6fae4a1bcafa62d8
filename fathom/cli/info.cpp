// `fathom info`: what this program is made of, and what it finds on this machine.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/probe.h"
#include "fathom/backend/cpu/winograd_choice.h"
#include "fathom/cli/command.h"

namespace fathom::cli::info_command {
namespace {

struct Wanted {
  int threads = 1;
  bool json = false;
};

#if defined(__clang__)
constexpr const char* compiler = "Clang " __clang_version__;
#else
constexpr const char* compiler = "GCC " __VERSION__;
#endif

using Json = nlohmann::ordered_json;

Json facts(const Wanted& wanted) {
  cpu::set_threads(wanted.threads);
  Json isas = Json::array();
  for (const cpu::Isa isa : {cpu::Isa::avx2, cpu::Isa::avx512}) {
    if (cpu::available(isa)) isas.push_back(cpu::name(isa));
  }
  Json libraries = Json::object();
  for (std::string_view rest = FATHOM_LIBRARIES; !rest.empty();) {  // "fmt 9.1.0,zlib 1.2.13"
    const std::string_view one = rest.substr(0, rest.find(','));
    libraries[std::string(one.substr(0, one.find(' ')))] = one.substr(one.find(' ') + 1);
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  const int threads = cpu::threads();
  return {{"version", version()},
          {"compiler", compiler},
          {"isa", cpu::name(cpu::isa())},
          {"isas", isas},
          {"winograd", cpu::name(cpu::winograd())},
          {"threads", threads},
          {"hardware_threads", std::thread::hardware_concurrency()},
          {"peak_gflops", cpu::measured_peak_gflops(threads)},
          {"peak_gflops_one_thread", cpu::measured_peak_gflops(1)},
          {"bandwidth_gbs", cpu::measured_bandwidth_gbs(threads)},
          {"libraries", libraries}};
}

void print(const Json& f) {
  const auto text = [&](const char* key) { return f.at(key).get<std::string>(); };
  fmt::print("Fathom {}, built with {}\n", text("version"), text("compiler"));
  fmt::print("instruction set  {} (this machine has {}; FATHOM_ISA chooses)\n", text("isa"),
             fmt::join(f.at("isas").get<std::vector<std::string>>(), ", "));
  fmt::print("Winograd         {} (FATHOM_WINOGRAD chooses: 0, 2 or 4)\n", text("winograd"));
  fmt::print("threads          {} (this machine has {}; FATHOM_THREADS chooses)\n",
             f.at("threads").get<int>(), f.at("hardware_threads").get<int>());
  fmt::print("measured peak    {:.0f} GFLOP/s in f32, {:.0f} on one thread\n",
             f.at("peak_gflops").get<double>(), f.at("peak_gflops_one_thread").get<double>());
  fmt::print("measured memory  {:.1f} GB/s read\n", f.at("bandwidth_gbs").get<double>());
  fmt::print("libraries        ");
  const char* separator = "";
  for (const auto& [name, number] : f.at("libraries").items()) {
    fmt::print("{}{} {}", separator, name, number.get<std::string>());
    separator = ", ";
  }
  fmt::print("\n");
}

Action info(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  wanted->threads = cpu::threads();
  options.option("--threads", wanted->threads, "threads to measure with", {1, 256});
  options.flag("--json", wanted->json, "print one JSON object");
  options.example("fathom info");
  options.example("FATHOM_ISA=avx2 fathom info --json");
  return [wanted] {
    const Json all = facts(*wanted);
    if (wanted->json) {
      fmt::print("{}\n", all.dump());
    } else {
      print(all);
    }
    return 0;
  };
}
const Command command(40, "info", "Show versions, instruction sets and what this machine can do",
                      info);

}  // namespace
}  // namespace fathom::cli::info_command
