// How a product tells of what it has finished. Internal.
#pragma once
#include "fathom/backend/cpu/gemm_parts.h"

namespace fathom::cpu {

/// Tells of rows of C, some columns of them, as they are finished.
template <class T> class DoneRows {
 public:
  DoneRows(const GemmArgsOf<T>& args, Range columns) : args_(args), columns_(columns) {}

  void add(Range rows) {
    if (!args_.done) return;
    if (columns_.size() == args_.n) {
      if (rows.begin != waiting_.end) flush();
      waiting_ = {waiting_.size() > 0 ? waiting_.begin : rows.begin, rows.end};
      if (waiting_.size() * args_.n >= kTogether) flush();
      return;
    }
    for (int64_t row = rows.begin; row < rows.end; ++row)
      (*args_.done)(row * args_.n + columns_.begin, columns_.size());
  }
  void flush() {
    if (waiting_.size() > 0) (*args_.done)(waiting_.begin * args_.n, waiting_.size() * args_.n);
    waiting_ = {0, 0};
  }

 private:
  static constexpr int64_t kTogether = 1536;  // elements to tell of at once
  const GemmArgsOf<T>& args_;
  Range columns_, waiting_{0, 0};
};

}  // namespace fathom::cpu
