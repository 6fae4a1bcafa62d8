// The benchmark's rows: what Fathom does in each, through its public interface. The peers of
// benchmarks/peers do the same work.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace fathom::benchmarks {

struct Settings {
  int threads = 2;
  std::string data;     ///< folder that holds mnist/
  std::string program;  ///< this program's own file, for the cold start
};

/// One row: a name that the peers know too, and how to measure it.
struct Workload {
  std::string name;
  std::string unit;  ///< "ms", "us" or "GF/s"
  double flops = 0;  ///< of one run of the work, if arithmetic limits it
  double bytes = 0;  ///< that one run must move, if memory limits it
  std::function<std::vector<double>(const Settings&)> samples;  ///< in `unit`
  bool writes = false;  ///< its memory traffic is mixed: the limit is the triad's, not reading's
};

const std::vector<Workload>& workloads();
/// Those of them that are about pictures.
std::vector<Workload> picture_workloads();
/// Those about sequences.
std::vector<Workload> sequence_workloads();
/// And those about text.
std::vector<Workload> text_workloads();

double median(std::vector<double> values);

}  // namespace fathom::benchmarks
