// Looking for the operation that makes NaN or infinity of finite numbers.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "fathom/graph/op.h"

namespace fathom::graph {

/// The rows of a batch, by which a message names an element.
struct BatchRows {
  std::int64_t count = -1;            ///< below 0: unknown
  std::vector<std::int64_t> numbers;  ///< in the data; empty if unknown
};
/// "(3, 1)", and where the first axis is the batch's, "(3, 1), row 3 of the batch, 63 of the data".
std::string element_text(const Shape& shape, std::int64_t element, const BatchRows& rows = {});

/// While it lives, each operation of this thread is computed at once and its result looked at.
/// Throws NumericError at the one that makes NaN of numbers; it names operation, module, element
/// and, since an overflow mostly comes before, where the first infinity came from.
class FiniteCheck {
 public:
  explicit FiniteCheck(BatchRows rows = {});
  ~FiniteCheck();
  FiniteCheck(const FiniteCheck&) = delete;
  FiniteCheck& operator=(const FiniteCheck&) = delete;

  /// Called for each operation, when its outputs have been computed.
  void look(const Node& node);
  /// Throws for the first infinity, if there was one.
  void require_no_infinity() const;
  /// The operation whose gradient is being built; nullptr: none.
  void differentiating(const Node* node) { differentiated_ = node; }

 private:
  ErrorInfo describe(const Node& node, int output, std::int64_t element) const;

  BatchRows rows_;
  bool eager_before_;
  const Node* differentiated_ = nullptr;
  std::unordered_map<const Node*, std::string> places_;  // of the nodes, as messages name them
  bool found_infinity_ = false;
  ErrorInfo infinity_;
};

/// "NaN", "inf", "-inf", or the number: the sign of NaN says nothing and differs among machines.
std::string number_text(double x);
/// Position of the first NaN (`infinity`: or infinity) in a value; -1 if there is none.
std::int64_t find_bad(const Tensor& x, bool infinity);

}  // namespace fathom::graph
