// Units: the partition of a program into what becomes one step each. Elementwise instructions over
// the same number of elements merge into regions where no value would have to be read before it is
// whole; such a region may follow a kernel part by part.
#pragma once
#include <cstdint>
#include <vector>

namespace fathom::cpu {

class Units {
 public:
  struct Unit {
    std::vector<int> members;  // instructions, what is read before its readers
    std::int64_t size = 0;     // elements of a region; -1 for what stays alone
    int kernel = -1;           // the instruction that is no elementwise one
    bool alive = true;
  };

  /// A new unit of one instruction; `size` is -1 for what cannot merge, and for a kernel the
  /// elements of the output of whose parts it tells. Returns its number. Units are added in an
  /// order that computes inputs first: copies that the compiler adds have instruction numbers
  /// behind those of their readers.
  int add(int instruction, std::int64_t size, bool kernel);
  /// `unit` reads a value that `producer` computes; `whole` if it needs all of it before it starts.
  void depends(int unit, int producer, bool whole);
  /// Merges two regions, of which one may follow a kernel, if that keeps the order possible; tells
  /// whether it did.
  bool merge(int a, int b);

  int find(int unit) const;  // what the unit has been merged into
  const Unit& operator[](int unit) const { return units_[static_cast<std::size_t>(unit)]; }
  /// The living units, producers first; those with `late` set as late as they can be.
  std::vector<int> schedule(const std::vector<bool>& late) const;
  int count() const { return static_cast<int>(units_.size()); }

 private:
  using Set = std::vector<std::uint64_t>;
  static bool contains(const Set& s, int i) {
    const auto word = static_cast<std::size_t>(i) / 64;
    return word < s.size() && (s[word] >> (i % 64) & 1);
  }
  static void insert(Set& s, int i);
  static void unite(Set& to, const Set& from);

  std::vector<Unit> units_;
  std::vector<int> parent_;
  std::vector<int> place_;         // of an instruction: the unit it was added as
  std::vector<Set> before_;        // all that must run before, directly or not
  std::vector<Set> whole_before_;  // those read as a whole, directly
};

}  // namespace fathom::cpu
