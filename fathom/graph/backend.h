// The seam between the graph and what computes it. A backend gets whole programs, never single
// operations, so that fusion and memory layout are its own business.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fathom/core/storage.h"
#include "fathom/graph/context.h"
#include "fathom/graph/program.h"

namespace fathom {

/// What a program reads.
struct InputData {
  const void* data;
  std::uint64_t version;  ///< its storage's, or 0 for what has none: at most 64 bytes
};

/// A program made ready to run. Immutable: several threads may run it at once.
class Executable {
 public:
  virtual ~Executable() = default;

  /// Computes all outputs. An output's memory may be that of its donor input.
  /// Errors: IndexError and others that depend on values; no donated input has been written then.
  virtual void run(std::span<const InputData> inputs, std::span<void* const> outputs) const = 0;

  /// The input whose memory output `i` may take over, or -1.
  virtual int donor(int output) const = 0;
  /// Bytes of working memory that a run takes beside inputs and outputs.
  virtual std::size_t scratch_bytes() const = 0;
  /// The steps as text, one a line.
  virtual std::vector<std::string> describe() const = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;

  virtual Storage* allocate(std::size_t bytes) = 0;
  virtual void copy_in(void* to, const void* from, std::size_t bytes) = 0;
  virtual void copy_out(void* to, const void* from, std::size_t bytes) = 0;

  /// Whether it computes the operation itself; if not, the operation is lowered.
  virtual bool supports(const graph::Node& node) const = 0;
  virtual std::unique_ptr<Executable> compile(const graph::Program& program) = 0;
  virtual void synchronize() = 0;
};

/// The backend of a device.
Backend& backend_of(Device device);
Backend& reference_backend();

}  // namespace fathom
