#include "fathom/data/loader.h"

#include <algorithm>

#include "fathom/core/error.h"

namespace fathom::data::detail {
namespace {

void require(bool good, std::string problem, std::string expected) {
  if (!good)
    throw ValueError({.operation = "data::loader",
                      .problem = std::move(problem),
                      .expected = std::move(expected)});
}

}  // namespace

Batches::Batches(std::int64_t rows, const LoaderOptions& options) : rows_(rows), options_(options) {
  LoaderOptions& o = options_;
  require(o.batch_size >= 1, "batch_size is " + std::to_string(o.batch_size), "at least 1");
  require(o.workers >= 0 && o.workers <= 256, "workers is " + std::to_string(o.workers),
          "a number from 0 to 256");
  require(o.prefetch >= 1, "prefetch is " + std::to_string(o.prefetch), "at least 1");
  const bool sampled = static_cast<bool>(o.sampler.draw);
  const bool batched = static_cast<bool>(o.batch_sampler.draw);
  require(!(sampled && o.shuffle), "a sampler and shuffle exclude each other", "one of them");
  require(!(batched && (sampled || o.shuffle || o.drop_last)),
          "a batch sampler decides what sampler, shuffle and drop_last say", "it alone");
  if (!counted()) {
    require(!sampled && !batched && !o.shuffle, "generated data come in an order of their own",
            "no shuffle and no sampler");
    return;
  }
  if (!sampled) o.sampler = o.shuffle ? shuffled(rows) : sequential(rows);
  count_ = batched ? o.batch_sampler.batches
                   : (o.sampler.size + (o.drop_last ? 0 : o.batch_size - 1)) / o.batch_size;
  require(count_ > 0, "there is no batch in " + std::to_string(o.sampler.size) + " rows",
          o.drop_last ? "at least batch_size rows, or drop_last = false" : "at least one row");
}

void Batches::begin_epoch(std::int64_t epoch) {
  epoch_ = epoch;
  if (!counted()) return;
  if (options_.batch_sampler.draw) {
    order_.clear();
    bounds_ = {0};
    for (const auto& batch : options_.batch_sampler.draw(options_.seed, epoch)) {
      order_.insert(order_.end(), batch.begin(), batch.end());
      bounds_.push_back(static_cast<std::int64_t>(order_.size()));
    }
    require(static_cast<std::int64_t>(bounds_.size()) == count_ + 1,
            "the batch sampler gave " + std::to_string(bounds_.size() - 1) + " batches",
            std::to_string(count_) + ", as it says");
  } else {
    order_ = options_.sampler.draw(options_.seed, epoch);
    require(static_cast<std::int64_t>(order_.size()) == options_.sampler.size,
            "the sampler gave " + std::to_string(order_.size()) + " rows",
            std::to_string(options_.sampler.size) + ", as it says");
  }
  require_row_numbers("data::loader", order_, rows_);
}

std::span<const std::int64_t> Batches::rows_of(std::int64_t batch) const {
  std::int64_t begin = batch * options_.batch_size, end = begin + options_.batch_size;
  if (!bounds_.empty()) {
    begin = bounds_[static_cast<std::size_t>(batch)];
    end = bounds_[static_cast<std::size_t>(batch) + 1];
  }
  end = std::min(end, static_cast<std::int64_t>(order_.size()));
  return std::span(order_).subspan(static_cast<std::size_t>(begin),
                                   static_cast<std::size_t>(end - begin));
}

Draw Batches::draw(std::int64_t batch) const {
  const std::int64_t first =
      bounds_.empty() ? batch * options_.batch_size : bounds_[static_cast<std::size_t>(batch)];
  return {.seed = options_.seed, .epoch = epoch_, .first = first};
}

void require_batch(std::int64_t epoch, std::int64_t batch, std::int64_t count) {
  if (epoch < 0 || batch < 0 || batch > count)
    throw IndexError(
        {.operation = "data::Loader::seek",
         .problem = "no batch " + std::to_string(batch) + " in epoch " + std::to_string(epoch),
         .received = {{"batches", std::to_string(count)}}});
}

}  // namespace fathom::data::detail
