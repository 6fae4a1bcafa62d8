// Sorting by keys: elements become unsigned numbers in the same order, paired with their places, so
// that all pairs differ and any way of sorting or choosing gives the one stable result.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "fathom/backend/cpu/pool.h"

namespace fathom::cpu::sorting {

template <class T> struct KeyBits;
template <> struct KeyBits<float> { using type = std::uint32_t; };
template <> struct KeyBits<double> { using type = std::uint64_t; };
template <class T>
requires std::is_integral_v<T>
struct KeyBits<T> {
  using type = std::make_unsigned_t<T>;
};
template <class T> using Key = typename KeyBits<T>::type;

/// The element as an unsigned number in the same order: -0 equals 0, NaN is above all.
template <class T> Key<T> key_of(T x) {
  using K = Key<T>;
  constexpr K sign = static_cast<K>(K(1) << (8 * sizeof(T) - 1));
  if constexpr (std::is_unsigned_v<T>) return x;
  if constexpr (std::is_integral_v<T>) return static_cast<K>(static_cast<K>(x) ^ sign);
  if constexpr (std::is_floating_point_v<T>) {
    const K u = std::bit_cast<K>(x + T(0));  // -0 + 0 is 0
    const K ordered = u & sign ? static_cast<K>(~u) : static_cast<K>(u | sign);
    return x == x ? ordered : static_cast<K>(~K(0));
  }
}

/// A key with its place. Keys of at most 32 bits share one number with it.
struct Wide {
  std::uint64_t key;
  std::uint64_t place;
  friend bool operator<(const Wide& a, const Wide& b) {
    return a.key < b.key || (a.key == b.key && a.place < b.place);
  }
};
template <class K> using Item = std::conditional_t<sizeof(K) <= 4, std::uint64_t, Wide>;
template <class K> Item<K> make_item(K key, std::int64_t place) {
  if constexpr (sizeof(K) <= 4)
    return std::uint64_t{key} << 32 | static_cast<std::uint64_t>(place);
  else
    return {key, static_cast<std::uint64_t>(place)};
}
inline std::int64_t place_of(std::uint64_t item) { return static_cast<std::int64_t>(item & ~0u); }
inline std::int64_t place_of(const Wide& item) { return static_cast<std::int64_t>(item.place); }
inline std::uint64_t bits_of(std::uint64_t item) { return item >> 32; }
inline std::uint64_t bits_of(const Wide& item) { return item.key; }
/// `bits` bits of the key from `shift` on.
template <class I> std::size_t digit(const I& item, int shift, int bits) {
  return bits_of(item) >> shift & ((std::uint64_t{1} << bits) - 1);
}

/// Neighbouring elements.
template <class T> using Row = std::span<const T>;

template <class T>
void make_items(Row<T> row, bool descending, Item<Key<T>>* items, std::int64_t begin,
                std::int64_t end) {
  const Key<T> flip = descending ? static_cast<Key<T>>(~Key<T>(0)) : Key<T>(0);
  for (std::int64_t i = begin; i < end; ++i)
    items[i] = make_item(static_cast<Key<T>>(key_of(row[static_cast<std::size_t>(i)]) ^ flip), i);
}

/// Rows of this length and more are sorted by all threads together.
inline constexpr std::int64_t shared_length = 1 << 16;

/// One pass of a radix sort: moves items to `to` by a digit, equal ones in their order. Cut into
/// parts that count and then move their own items.
template <int bits, class I>
void radix_pass(const I* from, I* to, std::int64_t n, int shift,
                std::vector<std::uint32_t>& counts) {
  constexpr std::size_t buckets = std::size_t{1} << bits;
  const std::int64_t parts = n >= shared_length ? 8 : 1;
  counts.assign(buckets * static_cast<std::size_t>(parts), 0);
  const auto each = [&](auto&& body) {
    parallel_for(parts, [&](std::int64_t p) {
      body(n * p / parts, n * (p + 1) / parts,
           counts.data() + static_cast<std::size_t>(p) * buckets);
    });
  };
  each([&](std::int64_t begin, std::int64_t end, std::uint32_t* count) {
    for (std::int64_t i = begin; i < end; ++i) ++count[digit(from[i], shift, bits)];
  });
  std::uint32_t total = 0;
  for (std::size_t b = 0; b < buckets; ++b) {
    for (std::int64_t p = 0; p < parts; ++p) {
      std::uint32_t& count = counts[static_cast<std::size_t>(p) * buckets + b];
      const std::uint32_t here = count;
      count = total;
      total += here;
    }
  }
  each([&](std::int64_t begin, std::int64_t end, std::uint32_t* next) {
    for (std::int64_t i = begin; i < end; ++i) to[next[digit(from[i], shift, bits)]++] = from[i];
  });
}

template <int bits, class K> Item<K>* radix_sort(Item<K>* items, Item<K>* other, std::int64_t n) {
  static thread_local std::vector<std::uint32_t> counts;
  std::uint64_t varying = 0;  // bits that are not the same in all keys
  for (std::int64_t i = 0; i < n; ++i) varying |= bits_of(items[i]) ^ bits_of(items[0]);
  for (int shift = 0; shift < 8 * static_cast<int>(sizeof(K)); shift += bits) {
    if (!(varying >> shift & ((1u << bits) - 1))) continue;
    radix_pass<bits>(items, other, n, shift, counts);
    std::swap(items, other);
  }
  return items;
}

/// Sorts n items with keys K that stand in order of their places; the result lies in `items` or in
/// `other`, as long, which is said.
template <class K> Item<K>* sort_items(Item<K>* items, Item<K>* other, std::int64_t n) {
  if (n < 256) {
    std::sort(items, items + n);
    return items;
  }
  return n < 8192 ? radix_sort<8, K>(items, other, n) : radix_sort<11, K>(items, other, n);
}

/// Items that choosing k needs memory for.
inline constexpr std::int64_t choice_room(std::int64_t k) { return 4 * k + 64; }

/// The k first items of a part of a row in no order, all of them if it has fewer; `found` has
/// choice_room(k). Keeps what is below the k-th best so far.
template <class T>
std::int64_t choose_items(Row<T> row, bool descending, std::int64_t k, std::int64_t begin,
                          std::int64_t end, Item<Key<T>>* found) {
  using K = Key<T>;
  const K flip = descending ? static_cast<K>(~K(0)) : K(0);
  const auto item_at = [&](std::int64_t i) {
    return make_item(static_cast<K>(key_of(row[static_cast<std::size_t>(i)]) ^ flip), i);
  };
  if (k <= 16) {  // few enough to keep them sorted
    const std::int64_t most = std::min(k, end - begin);
    for (std::int64_t i = begin; i < begin + most; ++i) found[i - begin] = item_at(i);
    std::sort(found, found + most);
    for (std::int64_t i = begin + most; i < end; ++i) {
      const Item<K> item = item_at(i);
      if (!(item < found[k - 1])) continue;
      std::int64_t at = k - 1;
      for (; at > 0 && item < found[at - 1]; --at) found[at] = found[at - 1];
      found[at] = item;
    }
    return most;
  }
  const std::int64_t room = choice_room(k);
  std::int64_t count = 0;
  const auto keep_best = [&] {
    std::nth_element(found, found + (k - 1), found + count);
    count = k;
  };
  std::int64_t i = begin;
  for (; i < end && count < room; ++i) found[count++] = item_at(i);
  while (i < end) {
    keep_best();
    const Item<K> worst = found[k - 1];
    for (; i < end && count < room; ++i) {
      const Item<K> item = item_at(i);
      if (item < worst) found[count++] = item;
    }
  }
  if (count > k) keep_best();
  return count;
}

/// The k-th item of a row, counted from 0. A long row is looked through twice: to count by the
/// keys' first bits, and for the items whose bits are the k-th's. `items` has room for the row.
template <class T> Item<Key<T>> nth_item(Row<T> row, std::int64_t k, Item<Key<T>>* items) {
  const auto n = static_cast<std::int64_t>(row.size());
  if (n < shared_length) {
    make_items(row, false, items, 0, n);
    std::nth_element(items, items + k, items + n);
    return items[k];
  }
  constexpr int bits = 11, shift = std::max(0, 8 * static_cast<int>(sizeof(T)) - bits);
  constexpr std::int64_t parts = 8;
  std::vector<std::int64_t> counts(std::size_t{parts} << bits, 0);
  const auto bucket = [&](std::int64_t i) {
    return static_cast<std::size_t>(key_of(row[static_cast<std::size_t>(i)]) >> shift);
  };
  const auto each = [&](auto&& body) {
    parallel_for(parts, [&](std::int64_t p) { body(p, n * p / parts, n * (p + 1) / parts); });
  };
  const auto count = [&](std::int64_t p, std::size_t b) -> std::int64_t& {
    return counts[(static_cast<std::size_t>(p) << bits) + b];
  };
  each([&](std::int64_t p, std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) ++count(p, bucket(i));
  });
  std::size_t b = 0;
  std::int64_t found[parts + 1] = {0};  // where each part's items of the bucket go
  for (;; ++b) {
    for (std::int64_t p = 0; p < parts; ++p) found[p + 1] = found[p] + count(p, b);
    if (k < found[parts]) break;
    k -= found[parts];
  }
  each([&](std::int64_t p, std::int64_t begin, std::int64_t end) {
    Item<Key<T>>* to = items + found[p];
    for (std::int64_t i = begin; i < end; ++i)
      if (bucket(i) == b) *to++ = make_item(key_of(row[static_cast<std::size_t>(i)]), i);
  });
  std::nth_element(items, items + k, items + found[parts]);
  return items[k];
}

}  // namespace fathom::cpu::sorting
