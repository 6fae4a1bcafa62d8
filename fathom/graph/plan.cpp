#include "fathom/graph/plan.h"

#include <list>
#include <mutex>
#include <unordered_map>

#include "fathom/core/storage.h"

namespace fathom::graph {

PlanKey::PlanKey(const Walk& walk, Device device)
    : device(device), hash(walk.hash), edges(walk.edges), held(walk.held) {
  for (const Node* node : walk.nodes) {
    const OpDef* op = node->op;
    nodes.push_back({op, std::shared_ptr<void>(op->clone(node->attributes), op->free)});
  }
  for (const Value* leaf : walk.leaves) leaves.push_back(leaf->spec);
}

bool PlanKey::matches(const Walk& walk, Device on) const {
  if (hash != walk.hash || device != on || nodes.size() != walk.nodes.size() ||
      leaves.size() != walk.leaves.size() || edges != walk.edges || held != walk.held)
    return false;
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (!(leaves[i] == walk.leaves[i]->spec)) return false;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node* node = walk.nodes[i];
    if (nodes[i].op != node->op || !node->op->equal(nodes[i].attributes.get(), node->attributes))
      return false;
  }
  return true;
}

std::size_t Plan::estimated_bytes() const {
  // Small values lie in their nodes.
  const auto taken = [](std::size_t bytes) {
    return bytes <= small_bytes ? 0 : storage_bytes(bytes);
  };
  std::size_t bytes = taken(executable->scratch_bytes());
  for (const Spec& leaf : key.leaves) bytes += taken(leaf.bytes());
  for (std::size_t i = 0; i < program.outputs.size(); ++i)
    if (alias[i] < 0 && executable->donor(static_cast<int>(i)) < 0)
      bytes += taken(program.specs[static_cast<std::size_t>(program.outputs[i])].bytes());
  return bytes;
}

std::string Plan::describe() const {
  std::string text;
  for (const std::string& line : executable->describe()) text += line + "\n";
  return text;
}

namespace {

class PlanCache {
 public:
  std::shared_ptr<const Plan> find(const Walk& walk, Device device) {
    const std::lock_guard lock(mutex_);
    const auto [begin, end] = by_hash_.equal_range(walk.hash);
    for (auto it = begin; it != end; ++it) {
      if (!(*it->second)->key.matches(walk, device)) continue;
      plans_.splice(plans_.begin(), plans_, it->second);
      ++statistics_.hits;
      return plans_.front();
    }
    ++statistics_.misses;
    return nullptr;
  }
  void keep(std::shared_ptr<const Plan> plan) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t hash = plan->key.hash;
    plans_.push_front(std::move(plan));
    by_hash_.emplace(hash, plans_.begin());
    evict();
  }
  void set_capacity(std::size_t plans) {
    const std::lock_guard lock(mutex_);
    capacity_ = plans > 0 ? plans : 1;
    evict();
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    by_hash_.clear();
    plans_.clear();
  }
  std::vector<std::shared_ptr<const Plan>> all() {
    const std::lock_guard lock(mutex_);
    return {plans_.begin(), plans_.end()};
  }
  PlanStatistics statistics() {
    const std::lock_guard lock(mutex_);
    PlanStatistics s = statistics_;
    s.donated = donated_.load(std::memory_order_relaxed);
    return s;
  }
  void count_donations(std::uint64_t n) { donated_.fetch_add(n, std::memory_order_relaxed); }

 private:
  using List = std::list<std::shared_ptr<const Plan>>;
  void evict() {
    while (plans_.size() > capacity_) {
      const auto last = std::prev(plans_.end());
      const auto [begin, end] = by_hash_.equal_range((*last)->key.hash);
      for (auto it = begin; it != end; ++it)
        if (it->second == last) {
          by_hash_.erase(it);
          break;
        }
      plans_.erase(last);
      ++statistics_.evictions;
    }
  }

  std::mutex mutex_;
  List plans_;  // most recently used first
  std::unordered_multimap<std::uint64_t, List::iterator> by_hash_;
  std::size_t capacity_ = 256;
  PlanStatistics statistics_;
  std::atomic<std::uint64_t> donated_{0};
};

PlanCache& cache() {
  static PlanCache* cache = new PlanCache;  // outlives every thread
  return *cache;
}

}  // namespace

PlanStatistics plan_statistics() { return cache().statistics(); }
std::vector<std::shared_ptr<const Plan>> cached_plans() { return cache().all(); }
void set_plan_cache_capacity(std::size_t plans) { cache().set_capacity(plans); }
void clear_plan_cache() { cache().clear(); }

namespace detail {
std::shared_ptr<const Plan> find_plan(const Walk& walk, Device device) {
  return cache().find(walk, device);
}
void keep_plan(std::shared_ptr<const Plan> plan) { cache().keep(std::move(plan)); }
void count_donations(std::uint64_t n) { cache().count_donations(n); }
}  // namespace detail

}  // namespace fathom::graph
