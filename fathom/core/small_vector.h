// SmallVector: a list of plain values that allocates nothing until it holds more than n of them.
#pragma once
#include <cstddef>
#include <type_traits>
#include <vector>

namespace fathom {

template <class T, std::size_t n> class SmallVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  void push_back(T value) {
    if (size_ < n) {
      few_[size_++] = value;
      return;
    }
    if (many_.empty()) many_.assign(few_, few_ + n);
    many_.push_back(value);
    ++size_;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return many_.empty() ? few_ : many_.data(); }
  const T* data() const { return many_.empty() ? few_ : many_.data(); }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }

 private:
  T few_[n];
  std::vector<T> many_;
  std::size_t size_ = 0;
};

}  // namespace fathom
