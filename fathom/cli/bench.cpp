// `fathom bench`: Fathom's work against that of its peers, measured in the same run.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "benchmarks/workloads.h"
#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/backend/cpu/probe.h"
#include "fathom/cli/command.h"
#include "fathom/core/error.h"
#include "fathom/fathom.h"
#include "fathom/io/file.h"

namespace fathom::cli::bench_command {
namespace {

using benchmarks::Workload;
using json = nlohmann::ordered_json;

struct Wanted {
  std::string only;
  std::string peer;
  std::string scripts = "benchmarks/peers";
  int threads = 2;
  bool json = false;
  bool first_result = false;
};

struct PeerRow {
  std::string variant;
  double median;
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    if (comma > at) parts.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

bool higher_is_better(const Workload& w) { return w.unit == "GF/s"; }

constexpr const char* peer_scripts[] = {
    "torch_peer.py", "torch_pictures.py",  "torch_sequences.py", "runtimes_peer.py",
    "jax_peer.py",   "tokenizers_peer.py", "gensim_peer.py"};

/// Before anything is measured: that takes minutes.
void require_peers(const Wanted& wanted) {
  if (wanted.peer.empty()) return;
  for (const char* script : peer_scripts)
    if (!io::exists(wanted.scripts + "/" + script))
      throw IoError({.operation = "bench",
                     .problem = "there is no script of the peer",
                     .received = {{"path", wanted.scripts + "/" + script}},
                     .hint = "run it in Fathom's source folder, or give --peer-scripts DIR"});
}

/// The peers' medians of one row: every variant of every peer that knows it. What a peer cannot run
/// is said on standard error.
std::vector<PeerRow> run_peers(const Wanted& wanted, const Workload& w, const std::string& data) {
  std::vector<PeerRow> rows;
  for (const char* script : peer_scripts) {
    const std::string path = wanted.scripts + "/" + script;
    std::string command = "'" + wanted.peer + "' '" + path + "' --json --only " + w.name +
                          " --threads " + std::to_string(wanted.threads) + " --data '" + data + "'";
    if (cpu::isa() == cpu::Isa::avx2) command += " --isa avx2";
    // Apart from the rows: a progress bar would spoil the one behind it.
    const std::unique_ptr<FILE, int (*)(FILE*)> said(std::tmpfile(), std::fclose);
    command += " 2>" + (said ? "/proc/self/fd/" + std::to_string(fileno(said.get()))
                             : std::string("/dev/null"));
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) throw IoError({.operation = "bench", .problem = "cannot start " + wanted.peer});
    char line[4096];
    while (std::fgets(line, sizeof line, pipe)) {
      const json row = json::parse(line, nullptr, false);
      if (!row.is_object() || row.value("name", "") != w.name) continue;
      if (row.contains("error"))
        std::fprintf(stderr, "%s: %s, variant %s: %s\n", w.name.c_str(), script,
                     row.value("variant", "").c_str(), row.value("error", "").c_str());
      else if (row.contains("median"))
        rows.push_back(
            {std::string(script, 0, std::string(script).find('_')) + " " + row.value("variant", ""),
             row["median"].get<double>()});
    }
    constexpr int cannot_run = 126;  // of a shell; 127: not found
    const int status = pclose(pipe);
    if (WIFEXITED(status) && WEXITSTATUS(status) >= cannot_run)
      throw IoError({.operation = "bench",
                     .problem = "cannot run the peers' Python",
                     .received = {{"path", wanted.peer}}});
    if (status != 0) {
      std::string last = "it says nothing";  // a Python that fails names its error in its last line
      while (said && std::fgets(line, sizeof line, said.get())) last = line;
      while (!last.empty() && last.back() == '\n') last.pop_back();
      std::fprintf(stderr, "%s: %s failed: %s\n", w.name.c_str(), script, last.c_str());
    }
  }
  return rows;
}

/// What limits a row's memory traffic.
struct Bandwidth {
  double read, triad;
};

/// The share of what the machine can do that the row reached, or 0 if nothing physical limits it.
double share_of_limit(const Workload& w, double median, double peak_gflops,
                      const Bandwidth& bandwidth) {
  const double seconds = w.unit == "us"   ? median * 1e-6
                         : w.unit == "ms" ? median * 1e-3
                                          : w.flops / median / 1e9;
  if (w.bytes > 0) return w.bytes / seconds / 1e9 / (w.writes ? bandwidth.triad : bandwidth.read);
  if (w.flops > 0) return w.flops / seconds / 1e9 / peak_gflops;
  return 0;
}

void print_row(const Wanted& wanted, const Workload& w, double ours,
               const std::vector<PeerRow>& peers, double share) {
  const auto best =
      std::min_element(peers.begin(), peers.end(), [&](const PeerRow& a, const PeerRow& b) {
        return higher_is_better(w) ? a.median > b.median : a.median < b.median;
      });
  if (wanted.json) {
    json row = {{"name", w.name}, {"ours", ours}, {"unit", w.unit}};
    if (share > 0) row["share_of_limit"] = share;
    if (best != peers.end()) {
      row["peer"] = best->median;
      row["peer_name"] = best->variant;
      row["ratio"] = higher_is_better(w) ? ours / best->median : best->median / ours;
    }
    for (const PeerRow& p : peers) row["peers"][p.variant] = p.median;
    std::printf("%s\n", row.dump().c_str());
  } else {
    std::printf("%-22s %10.3f %-5s", w.name.c_str(), ours, w.unit.c_str());
    if (share > 0)
      std::printf("  %3.0f %% of limit", 100 * share);
    else
      std::printf("  %14s", "");
    for (const PeerRow& p : peers)
      std::printf("   %s %.3f (%.2f x)", p.variant.c_str(), p.median,
                  higher_is_better(w) ? ours / p.median : p.median / ours);
    std::printf("\n");
  }
  std::fflush(stdout);
}

/// What the cold start measures: a small network, one forward pass, its result printed.
int first_result() {
  const nn::Linear hidden{784, 100};
  const nn::Linear out{100, 10};
  const Tensor y = out(relu(hidden(zeros({1, 784})))).eval();
  std::printf("%s %g\n", to_string(y.shape()).c_str(), static_cast<double>(y.data<float>()[0]));
  return 0;
}

int run(const Wanted& wanted) {
  if (wanted.first_result) return first_result();
  require_peers(wanted);
  cpu::set_threads(wanted.threads);
  benchmarks::Settings settings{wanted.threads,
                                std::getenv("FATHOM_DATA") ? std::getenv("FATHOM_DATA") : "",
                                std::filesystem::read_symlink("/proc/self/exe").string()};
  const std::vector<std::string> only = split(wanted.only);
  std::vector<std::string> names;
  for (const Workload& w : benchmarks::workloads()) names.push_back(w.name);
  for (const std::string& name : only)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw UsageError(
          "no row is called " + name +
          (nearest(name, names).empty() ? "" : "; did you mean " + nearest(name, names) + "?"));
  const double peak = cpu::measured_peak_gflops(wanted.threads);
  const Bandwidth bandwidth{cpu::measured_bandwidth_gbs(wanted.threads),
                            cpu::measured_triad_gbs(wanted.threads)};
  if (!wanted.json)
    std::printf("%s, %d threads, peak %.0f GF/s, memory %.1f GB/s, triad %.1f GB/s\n",
                std::string(cpu::name(cpu::isa())).c_str(), wanted.threads, peak, bandwidth.read,
                bandwidth.triad);
  for (const Workload& w : benchmarks::workloads()) {
    if (!only.empty() && std::find(only.begin(), only.end(), w.name) == only.end()) continue;
    if (settings.data.empty() && w.name.rfind("mnist", 0) == 0) {
      std::fprintf(stderr, "%s skipped: FATHOM_DATA is not set\n", w.name.c_str());
      continue;
    }
    std::vector<double> samples = w.samples(settings);
    std::vector<PeerRow> peers;
    if (!wanted.peer.empty()) {
      peers = run_peers(wanted, w, settings.data);
      const std::vector<double> again =
          w.samples(settings);  // before and after: the machine drifts
      samples.insert(samples.end(), again.begin(), again.end());
    }
    const double median = benchmarks::median(samples);
    print_row(wanted, w, median, peers, share_of_limit(w, median, peak, bandwidth));
  }
  return 0;
}

Action bench(Options& options) {
  auto wanted = std::make_shared<Wanted>();
  options.option("--only", wanted->only, "names of rows, with commas between");
  options.option("--peer", wanted->peer, "a Python with PyTorch and JAX, to run the peers beside");
  options.option("--peer-scripts", wanted->scripts, "folder of the peers' scripts");
  options.option("--threads", wanted->threads, "threads of both", {1, 256});
  options.flag("--json", wanted->json, "one JSON object a line");
  options.flag("--first-result", wanted->first_result,
               "only compute one small result: what cold_start times");
  options.example("fathom bench --only xor_step,gemm_512 --peer /tmp/peers/bin/python");
  return [wanted] { return run(*wanted); };
}
const Command command(100, "bench", "Measure Fathom's speed, beside its peers", bench);

}  // namespace
}  // namespace fathom::cli::bench_command
