// Gradient accumulation: a large batch in small parts, with the same bits however it arrives.
//
// The rows of a step are cut into parts of `micro_batch` rows, counted from the step's first row
// and not from each batch's. The gradients of the parts are added up in a fixed binary tree. So 32
// rows at once, 4 batches of 8, or 10, 10 and 12 rows give the same bits, and a machine that
// computes every second pair of parts could join in.
#pragma once
#include <functional>
#include <optional>
#include <tuple>

#include "fathom/nn/gradient.h"
#include "fathom/nn/tensors.h"
#include "fathom/optim/optimizer.h"

namespace fathom::optim {

/// How a batch is cut.
struct AccumulateOptions {
  std::int64_t micro_batch = 8;  ///< rows of a part
  /// Gives every part its own random key, so that dropout does not depend on how rows arrive.
  nn::Rng* rng = nullptr;
};

namespace detail {

/// Rows [begin, end), copied.
Tensor rows(const Tensor& x, std::int64_t begin, std::int64_t end);
Tensor joined(const Tensor& a, const Tensor& b);
void require_micro_batch(std::int64_t rows);
void require_rows(std::int64_t rows);
void require_same_rows(std::int64_t have, const Tensor& x);

/// Calls visit(tensor) for each tensor of an argument that is defined.
template <class T, class F> void each_defined(T& x, F&& visit) {
  nn::for_each_tensor(x, [&](auto& tensor) {
    if (tensor.defined()) visit(tensor);
  });
}

/// A sum of gradients and losses, each times the rows it is a mean of.
void weigh(Visit visit, void* gradients, Tensor& loss, std::int64_t rows);
void add(Visit visit, void* gradients, void* earlier, Tensor& loss, const Tensor& earlier_loss);
void divide(Visit visit, void* gradients, Tensor& loss, std::int64_t rows);
void copy_buffers(Visit visit, void* to, void* from);

}  // namespace detail

/// Accumulates the gradients of a loss that is a mean over the rows (axis 0) of its arguments,
/// which are tensors or structs of tensors, such as data::Batch.
///
///   optim::Accumulator<Net, data::Batch> sum(loss_fn, {.micro_batch = 8});
///   for (batch of a step) sum.add(net, batch);
///   adam.step(net, sum.take(net).gradients);
template <class M, class... Args> class Accumulator {
 public:
  using Loss = std::function<Tensor(const M&, const Args&...)>;

  /// Errors: ValueError for parts of less than one row.
  explicit Accumulator(Loss loss, const AccumulateOptions& options = {},
                       Where where = Where::current())
      : loss_(std::move(loss)), options_(options) {
    const graph::CallScope call(where);
    detail::require_micro_batch(options.micro_batch);
  }

  /// Computes the parts that these rows complete; what is left over waits for more.
  /// Errors: ShapeError for arguments of different lengths, and those of the loss.
  void add(const M& net, const Args&... args, Where where = Where::current()) {
    located(where, [&] { add_rows(net, args...); });
  }

  /// Rows since the last take().
  std::int64_t rows() const { return rows_ + waiting_rows_; }

  /// The means over all rows since the last call: the loss, its gradients, and the next values of
  /// buffers, which saw the parts one after another. Errors: ValueError without any row.
  LossAndGradients<M> take(const M& net, Where where = Where::current()) {
    return located(where, [&] { return take_mean(net); });
  }

 private:
  void add_rows(const M& net, const Args&... args) {
    const std::int64_t more = length(args...);
    if (waiting_)
      join(args...);
    else
      waiting_.emplace(args...);
    waiting_rows_ += more;
    std::int64_t begin = 0;
    for (; waiting_rows_ - begin >= options_.micro_batch; begin += options_.micro_batch)
      compute(net, begin, begin + options_.micro_batch);
    keep_from(begin);
  }

  LossAndGradients<M> take_mean(const M& net) {
    if (waiting_rows_ > 0) compute(net, 0, waiting_rows_);
    keep_from(waiting_rows_);
    detail::require_rows(rows_);
    while (sums_.size() > 1) merge();
    LossAndGradients<M> mean = std::move(sums_.back().sum);
    sums_.clear();
    detail::divide(visit, &mean.gradients, mean.loss, rows_);
    rows_ = 0;
    return mean;
  }

  struct Sum {
    LossAndGradients<M> sum;
    std::int64_t parts;  // a power of two, but for the last merges
  };
  static constexpr detail::Visit visit = nn::detail::visit_erased<M>;

  static std::int64_t length(const Args&... args) {
    std::int64_t rows = -1;
    const auto check = [&](const Tensor& x) {
      if (rows >= 0 || x.rank() == 0) detail::require_same_rows(rows, x);
      rows = x.size(0);
    };
    (detail::each_defined(args, check), ...);
    return rows;
  }

  /// Both lists of tensors in the same order.
  static std::vector<const Tensor*> tensors(const Args&... args) {
    std::vector<const Tensor*> list;
    (detail::each_defined(args, [&](const Tensor& x) { list.push_back(&x); }), ...);
    return list;
  }

  void join(const Args&... args) {
    const std::vector<const Tensor*> more = tensors(args...);
    std::size_t i = 0;
    change(*waiting_, [&](Tensor& x) { x = detail::joined(x, *more[i++]); });
  }

  template <class F> static void change(std::tuple<Args...>& args, F&& f) {
    std::apply([&](auto&... arg) { (detail::each_defined(arg, f), ...); }, args);
  }

  void keep_from(std::int64_t begin) {
    if (begin == waiting_rows_)
      waiting_.reset();
    else if (begin > 0)
      change(*waiting_, [&](Tensor& x) { x = detail::rows(x, begin, waiting_rows_); });
    waiting_rows_ -= begin;
  }

  void compute(const M& net, std::int64_t begin, std::int64_t end) {
    std::tuple<Args...> part = *waiting_;
    change(part, [&](Tensor& x) { x = detail::rows(x, begin, end); });
    M model = net;
    if (!sums_.empty()) detail::copy_buffers(visit, &model, &sums_.back().sum.gradients);
    std::optional<nn::ModeScope> mode;
    if (options_.rng) mode.emplace(true, options_.rng->next());
    LossAndGradients<M> result = std::apply(
        [&](const Args&... args) { return value_and_grad(loss_)(model, args...); }, part);
    detail::weigh(visit, &result.gradients, result.loss, end - begin);
    sums_.push_back({std::move(result), 1});
    rows_ += end - begin;
    while (sums_.size() > 1 && sums_[sums_.size() - 2].parts == sums_.back().parts) merge();
  }

  /// Adds the last two; the later one has the buffers' next values.
  void merge() {
    Sum later = std::move(sums_.back());
    sums_.pop_back();
    Sum earlier = std::move(sums_.back());
    sums_.pop_back();
    detail::add(visit, &later.sum.gradients, &earlier.sum.gradients, later.sum.loss,
                earlier.sum.loss);
    later.parts += earlier.parts;
    sums_.push_back(std::move(later));
  }

  Loss loss_;
  AccumulateOptions options_;
  std::optional<std::tuple<Args...>> waiting_;  // rows of a part that is not complete
  std::int64_t waiting_rows_ = 0;
  std::vector<Sum> sums_;  // the tree's finished branches, larger ones first
  std::int64_t rows_ = 0;  // in sums_
};

/// value_and_grad in parts: `accumulated(loss, {.micro_batch = 8})(net, batch)` has the bits of an
/// Accumulator that is shown the batch's rows, however many at a time.
template <class F>
auto accumulated(F loss, const AccumulateOptions& options = {}, Where where = Where::current()) {
  return [loss = std::move(loss), options, where]<class M, class... Args>(const M& net,
                                                                          const Args&... args) {
    Accumulator<M, Args...> sum(loss, options, where);
    sum.add(net, args..., where);
    return sum.take(net, where);
  };
}

}  // namespace fathom::optim
