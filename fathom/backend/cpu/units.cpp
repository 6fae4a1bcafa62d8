#include "fathom/backend/cpu/units.h"

#include <algorithm>
#include <queue>

namespace fathom::cpu {
namespace {
// A region's registers live in L1, and its program in the instruction cache's neighbour: longer
// chains are cut.
constexpr std::size_t member_limit = 96;
}  // namespace

void Units::insert(Set& s, int i) {
  const auto word = static_cast<std::size_t>(i) / 64;
  if (word >= s.size()) s.resize(word + 1);
  s[word] |= std::uint64_t{1} << (i % 64);
}
void Units::unite(Set& to, const Set& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] |= from[i];
}

int Units::add(int instruction, std::int64_t size, bool kernel) {
  const int id = count();
  units_.push_back({{instruction}, size, kernel ? instruction : -1, true});
  parent_.push_back(id);
  if (place_.size() <= static_cast<std::size_t>(instruction))
    place_.resize(static_cast<std::size_t>(instruction) + 1);
  place_[static_cast<std::size_t>(instruction)] = id;
  before_.emplace_back();
  whole_before_.emplace_back();
  return id;
}

int Units::find(int unit) const {
  while (parent_[static_cast<std::size_t>(unit)] != unit)
    unit = parent_[static_cast<std::size_t>(unit)];
  return unit;
}

void Units::depends(int unit, int producer, bool whole) {
  unit = find(unit);
  producer = find(producer);
  if (unit == producer) return;
  insert(before_[static_cast<std::size_t>(unit)], producer);
  unite(before_[static_cast<std::size_t>(unit)], before_[static_cast<std::size_t>(producer)]);
  if (whole) insert(whole_before_[static_cast<std::size_t>(unit)], producer);
}

bool Units::merge(int a, int b) {
  a = find(a);
  b = find(b);
  if (a == b) return true;
  Unit& ua = units_[static_cast<std::size_t>(a)];
  Unit& ub = units_[static_cast<std::size_t>(b)];
  if (ua.size < 0 || ua.size != ub.size || (ua.kernel >= 0 && ub.kernel >= 0) ||
      ua.members.size() + ub.members.size() > member_limit)
    return false;
  const Set& before_a = before_[static_cast<std::size_t>(a)];
  const Set& before_b = before_[static_cast<std::size_t>(b)];
  if (contains(whole_before_[static_cast<std::size_t>(b)], a) ||
      contains(whole_before_[static_cast<std::size_t>(a)], b))
    return false;
  // A third unit between the two would have to run both after and before the merged one.
  const auto between = [&](const Set& before_last, int first) {
    for (std::size_t word = 0; word < before_last.size(); ++word)
      for (std::uint64_t bits = before_last[word]; bits; bits &= bits - 1) {
        const int x = find(static_cast<int>(word * 64) + __builtin_ctzll(bits));
        if (x != a && x != b && contains(before_[static_cast<std::size_t>(x)], first)) return true;
      }
    return false;
  };
  if (between(before_b, a) || between(before_a, b)) return false;

  std::vector<int> members;
  std::merge(ua.members.begin(), ua.members.end(), ub.members.begin(), ub.members.end(),
             std::back_inserter(members), [&](int i, int j) {
               return place_[static_cast<std::size_t>(i)] < place_[static_cast<std::size_t>(j)];
             });
  ua.members = std::move(members);
  ua.kernel = std::max(ua.kernel, ub.kernel);
  ub.members.clear();
  ub.alive = false;
  parent_[static_cast<std::size_t>(b)] = a;
  unite(before_[static_cast<std::size_t>(a)], before_[static_cast<std::size_t>(b)]);
  unite(whole_before_[static_cast<std::size_t>(a)], whole_before_[static_cast<std::size_t>(b)]);
  // Whoever runs after either runs after both, and after all that ran before either.
  const Set all = before_[static_cast<std::size_t>(a)];
  for (int x = 0; x < count(); ++x) {
    Set& before = before_[static_cast<std::size_t>(x)];
    if (x == a || !units_[static_cast<std::size_t>(x)].alive ||
        (!contains(before, a) && !contains(before, b)))
      continue;
    unite(before, all);
    insert(before, a);
    if (contains(whole_before_[static_cast<std::size_t>(x)], b))
      insert(whole_before_[static_cast<std::size_t>(x)], a);
  }
  // The merged unit's own sets may still name its parts: neither precedes itself.
  for (Set* s :
       {&before_[static_cast<std::size_t>(a)], &whole_before_[static_cast<std::size_t>(a)]})
    for (int part : {a, b})
      if (contains(*s, part))
        (*s)[static_cast<std::size_t>(part) / 64] &= ~(std::uint64_t{1} << (part % 64));
  return true;
}

std::vector<int> Units::schedule(const std::vector<bool>& late) const {
  std::vector<int> waits(units_.size(), 0);
  std::vector<std::vector<int>> after(units_.size());
  for (int u = 0; u < count(); ++u) {
    if (!units_[static_cast<std::size_t>(u)].alive) continue;
    std::vector<int> direct;
    const Set& before = before_[static_cast<std::size_t>(u)];
    for (std::size_t word = 0; word < before.size(); ++word)
      for (std::uint64_t bits = before[word]; bits; bits &= bits - 1) {
        const int x = find(static_cast<int>(word * 64) + __builtin_ctzll(bits));
        if (x != u && std::find(direct.begin(), direct.end(), x) == direct.end())
          direct.push_back(x);
      }
    waits[static_cast<std::size_t>(u)] = static_cast<int>(direct.size());
    for (int x : direct) after[static_cast<std::size_t>(x)].push_back(u);
  }
  const auto later = [&](int a, int b) {  // whether b goes first
    const bool late_a = late[static_cast<std::size_t>(a)];
    const bool late_b = late[static_cast<std::size_t>(b)];
    if (late_a != late_b) return late_a;
    return units_[static_cast<std::size_t>(a)].members.front() >
           units_[static_cast<std::size_t>(b)].members.front();
  };
  std::priority_queue<int, std::vector<int>, decltype(later)> ready(later);
  for (int u = 0; u < count(); ++u)
    if (units_[static_cast<std::size_t>(u)].alive && waits[static_cast<std::size_t>(u)] == 0)
      ready.push(u);
  std::vector<int> order;
  while (!ready.empty()) {
    const int u = ready.top();
    ready.pop();
    order.push_back(u);
    for (int x : after[static_cast<std::size_t>(u)])
      if (--waits[static_cast<std::size_t>(x)] == 0) ready.push(x);
  }
  return order;
}

}  // namespace fathom::cpu
