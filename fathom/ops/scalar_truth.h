// Tests, comparisons and logic: what returns truth values. Vector loops for every type.
#pragma once
#include "fathom/ops/scalar_base.h"

namespace fathom::fn {

struct Test : Unary {
  static constexpr Result result = Result::truth;
};
struct Comparison : Binary {
  static constexpr Domain domain = Domain::any;
  static constexpr Result result = Result::truth;
};
struct Logical : Binary {
  static constexpr Domain domain = Domain::logical;
  static constexpr Result result = Result::truth;
};

struct IsNan : Test {
  static constexpr const char* name = "isnan";
  template <class T> static bool of(T x) { return x != x; }
};
struct IsFinite : Test {
  static constexpr const char* name = "isfinite";
  template <class T> static bool of(T x) { return x - x == T(0); }
};
struct IsInf : Test {
  static constexpr const char* name = "isinf";
  template <class T> static bool of(T x) { return math::abs(x) == T(math::kInf); }
};
struct IsPosInf : Test {
  static constexpr const char* name = "isposinf";
  template <class T> static bool of(T x) { return x == T(math::kInf); }
};
struct IsNegInf : Test {
  static constexpr const char* name = "isneginf";
  template <class T> static bool of(T x) { return x == -T(math::kInf); }
};
struct Signbit : Test {  // of -0 and of NaN too
  static constexpr const char* name = "signbit";
  static constexpr Domain domain = Domain::numeric;
  template <class T> static bool of(T x) {
    if constexpr (is_float<T>)
      return math::copysign(T(1), x) < T(0);
    else
      return x < T(0);
  }
};
struct LogicalNot : Test {
  static constexpr const char* name = "logical_not";
  static constexpr Domain domain = Domain::logical;
  template <class T> static bool of(T x) { return x == T(0); }
};

struct Equal : Comparison {
  static constexpr const char* name = "eq";
  template <class T> static bool of(T a, T b) { return a == b; }
};
struct NotEqual : Comparison {
  static constexpr const char* name = "ne";
  template <class T> static bool of(T a, T b) { return a != b; }
};
struct Less : Comparison {
  static constexpr const char* name = "lt";
  template <class T> static bool of(T a, T b) { return a < b; }
};
struct LessEqual : Comparison {
  static constexpr const char* name = "le";
  template <class T> static bool of(T a, T b) { return a <= b; }
};
struct Greater : Comparison {
  static constexpr const char* name = "gt";
  template <class T> static bool of(T a, T b) { return a > b; }
};
struct GreaterEqual : Comparison {
  static constexpr const char* name = "ge";
  template <class T> static bool of(T a, T b) { return a >= b; }
};
struct LogicalAnd : Logical {
  static constexpr const char* name = "logical_and";
  template <class T> static bool of(T a, T b) { return (a != T(0)) & (b != T(0)); }
};
struct LogicalOr : Logical {
  static constexpr const char* name = "logical_or";
  template <class T> static bool of(T a, T b) { return (a != T(0)) | (b != T(0)); }
};
struct LogicalXor : Logical {
  static constexpr const char* name = "logical_xor";
  template <class T> static bool of(T a, T b) { return (a != T(0)) != (b != T(0)); }
};

using Truth = List<IsNan, IsFinite, IsInf, IsPosInf, IsNegInf, Signbit, LogicalNot, Equal, NotEqual,
                   Less, LessEqual, Greater, GreaterEqual, LogicalAnd, LogicalOr, LogicalXor>;

}  // namespace fathom::fn
