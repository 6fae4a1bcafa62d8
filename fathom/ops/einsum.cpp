#include "fathom/ops/einsum.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "fathom/ops/diagonal.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/matrix_parts.h"
#include "fathom/ops/reduce.h"

namespace fathom {
namespace {

using graph::describe;

// Labels are characters: letters, and digits for the axes that "..." stands for, '0' the last.
using Labels = std::string;

bool has(const Labels& labels, char c) { return labels.find(c) != Labels::npos; }

/// An operand with a label for each axis, none of them twice.
struct Term {
  Tensor x;
  Labels labels;

  std::int64_t extent(char c) const {
    const std::size_t at = labels.find(c);
    return at == Labels::npos ? 1 : x.shape()[static_cast<int>(at)];
  }
  /// The axes in the order of `wanted`, which names all of them and perhaps others, of extent 1.
  Tensor ordered(const Labels& wanted) const {
    std::vector<int> order;
    Shape shape;
    for (const char c : wanted) {
      if (has(labels, c)) order.push_back(static_cast<int>(labels.find(c)));
      shape.push_back(extent(c));
    }
    return reshape(permute(x, order), shape);
  }
  void sum_over(const Labels& gone) {
    std::vector<int> axes;
    Labels rest;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (has(gone, labels[i]))
        axes.push_back(static_cast<int>(i));
      else
        rest += labels[i];
    }
    if (!axes.empty()) x = cast(sum(x, axes), x.dtype());
    labels = rest;
  }
};

class Equation {
 public:
  Equation(const std::string& text, const std::vector<Tensor>& operands,
           const std::source_location& where)
      : text_(text), where_(where) {
    std::string plain;
    for (const char c : text)
      if (c != ' ') plain += c;
    const std::size_t arrow = plain.find("->");
    std::vector<std::string> inputs{""};
    for (const char c : plain.substr(0, arrow)) {
      if (c == ',')
        inputs.emplace_back();
      else
        inputs.back() += c;
    }
    if (inputs.size() != operands.size())
      bad(std::to_string(inputs.size()) + " operands in the equation, " +
          std::to_string(operands.size()) + " given");
    for (std::size_t i = 0; i < inputs.size(); ++i) add_term(inputs[i], operands[i]);
    if (arrow == std::string::npos)
      imply_output();
    else
      output_ = expanded(plain.substr(arrow + 2), broadcast_rank_);
    for (std::size_t i = 0; i < output_.size(); ++i) {
      if (!used(output_[i])) bad("the result has " + quoted(output_[i]) + ", no operand does");
      if (output_.find(output_[i]) != i) bad(quoted(output_[i]) + " is twice in the result");
    }
    check_extents();
  }

  Tensor evaluate() {
    while (terms_.size() > 1) {
      const auto [i, j] = cheapest_pair();
      Term merged = contract(i, j);
      terms_.erase(terms_.begin() + static_cast<std::ptrdiff_t>(j));
      terms_[i] = std::move(merged);
    }
    Term& last = terms_[0];
    last.sum_over(without(last.labels, output_));
    return last.ordered(output_);
  }

 private:
  [[noreturn]] void bad(const std::string& problem) const {
    ops::fail<ValueError>({.operation = "einsum",
                           .problem = problem,
                           .received = {{"equation", "\"" + text_ + "\""}}},
                          where_);
  }
  static std::string quoted(char c) { return std::string("'") + c + "'"; }
  static Labels without(const Labels& all, const Labels& gone) {
    Labels rest;
    for (const char c : all)
      if (!has(gone, c)) rest += c;
    return rest;
  }
  bool used(char c) const {
    return std::any_of(terms_.begin(), terms_.end(),
                       [&](const Term& t) { return has(t.labels, c); });
  }

  /// "..." replaced by `rank` digits.
  Labels expanded(const std::string& labels, int rank) const {
    Labels result;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels.compare(i, 3, "...") == 0) {
        if (result.find_first_of("0123456789") != Labels::npos) bad("two ellipses in one term");
        for (int d = rank - 1; d >= 0; --d) result += static_cast<char>('0' + d);
        i += 2;
      } else if (std::isalpha(static_cast<unsigned char>(labels[i]))) {
        result += labels[i];
      } else {
        bad(quoted(labels[i]) + " is no letter");
      }
    }
    return result;
  }

  void add_term(const std::string& text, const Tensor& x) {
    const bool ellipsis = text.find("...") != std::string::npos;
    const int rank = x.rank() - static_cast<int>(text.size()) + (ellipsis ? 3 : 0);
    if (rank < 0 || (rank > 0 && !ellipsis))
      ops::fail<ShapeError>({.operation = "einsum",
                             .problem = "\"" + text + "\" does not name the axes of its operand",
                             .received = {{"operand", describe(x)}}},
                            where_);
    broadcast_rank_ = std::max(broadcast_rank_, rank);
    Term term{x, expanded(text, rank)};
    for (std::size_t i = 0; i < term.labels.size();) {
      const std::size_t twin = term.labels.find(term.labels[i], i + 1);
      if (twin == Labels::npos)
        ++i;
      else
        take_diagonal(term, i, twin);
    }
    terms_.push_back(std::move(term));
  }

  /// Axes i and j become one, the last.
  void take_diagonal(Term& t, std::size_t i, std::size_t j) const {
    std::vector<int> order;
    Labels labels;
    for (std::size_t k = 0; k < t.labels.size(); ++k) {
      if (k == i || k == j) continue;
      order.push_back(static_cast<int>(k));
      labels += t.labels[k];
    }
    order.push_back(static_cast<int>(i));
    order.push_back(static_cast<int>(j));
    const Tensor moved = permute(t.x, order);
    if (ops::rows_of(moved) != ops::columns_of(moved))
      ops::fail<ShapeError>({.operation = "einsum",
                             .problem = quoted(t.labels[i]) + " names axes of different extents",
                             .received = {{"operand", describe(t.x)}}},
                            where_);
    t = {diagonal(moved, 0, -2, -1), labels + t.labels[i]};
  }

  void imply_output() {
    for (int d = broadcast_rank_ - 1; d >= 0; --d) output_ += static_cast<char>('0' + d);
    std::string plain = text_;
    for (const char c : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
      if (std::count(plain.begin(), plain.end(), c) == 1) output_ += c;
  }

  void check_extents() const {
    std::array<std::int64_t, 128> known{};
    std::fill(known.begin(), known.end(), 1);
    for (const Term& t : terms_)
      for (const char c : t.labels) {
        std::int64_t& n = known[static_cast<unsigned char>(c)];
        const std::int64_t m = t.extent(c);
        if (n != 1 && m != 1 && n != m)
          ops::fail<ShapeError>(
              {.operation = "einsum",
               .problem = "the extents of " + quoted(c) + " differ",
               .received = {{"equation", "\"" + text_ + "\""},
                            {"extents", std::to_string(n) + " and " + std::to_string(m)}}},
              where_);
        if (m != 1) n = m;
      }
  }

  /// Labels of terms i and j that the result or another term needs.
  Labels kept(std::size_t i, std::size_t j) const {
    Labels all = terms_[i].labels + without(terms_[j].labels, terms_[i].labels);
    Labels result;
    for (const char c : all) {
      bool needed = has(output_, c);
      for (std::size_t k = 0; k < terms_.size(); ++k)
        needed = needed || (k != i && k != j && has(terms_[k].labels, c));
      if (needed) result += c;
    }
    return result;
  }

  std::pair<std::size_t, std::size_t> cheapest_pair() const {
    std::pair<std::size_t, std::size_t> best{0, 1};
    double least = -1;
    for (std::size_t i = 0; i < terms_.size(); ++i)
      for (std::size_t j = i + 1; j < terms_.size(); ++j) {
        double size = 1;
        for (const char c : kept(i, j))
          size *= static_cast<double>(std::max(terms_[i].extent(c), terms_[j].extent(c)));
        if (least < 0 || size < least) {
          least = size;
          best = {i, j};
        }
      }
    return best;
  }

  /// Terms i and j as one: (batch, rows, summed) times (batch, summed, columns).
  Term contract(std::size_t i, std::size_t j) {
    Term& a = terms_[i];
    Term& b = terms_[j];
    const Labels keep = kept(i, j);
    a.sum_over(without(without(a.labels, b.labels), keep));
    b.sum_over(without(without(b.labels, a.labels), keep));
    Labels batch, rows, summed, columns;
    for (const char c : a.labels) (!has(b.labels, c) ? rows : has(keep, c) ? batch : summed) += c;
    for (const char c : b.labels)
      if (!has(a.labels, c)) columns += c;
    // Axes that both have must have one extent: those of 1 broadcast.
    const auto widened = [&](const Term& t, const Term& other, const Labels& order) {
      Shape shape;
      for (const char c : order)
        shape.push_back(has(other.labels, c) && t.extent(c) == 1 ? other.extent(c) : t.extent(c));
      return expand(t.ordered(order), shape);
    };
    const Tensor x = widened(a, b, batch + rows + summed);
    const Tensor y = widened(b, a, batch + summed + columns);
    const auto size = [](const Tensor& t, std::size_t from, std::size_t count) {
      std::int64_t n = 1;
      for (std::size_t k = from; k < from + count; ++k) n *= t.shape()[static_cast<int>(k)];
      return n;
    };
    const std::int64_t nb = size(x, 0, batch.size());
    const std::int64_t nr = size(x, batch.size(), rows.size());
    const std::int64_t ns = size(y, batch.size(), summed.size());
    const std::int64_t nc = size(y, batch.size() + summed.size(), columns.size());
    Shape out;
    for (std::size_t k = 0; k < batch.size() + rows.size(); ++k)
      out.push_back(x.shape()[static_cast<int>(k)]);
    for (std::size_t k = 0; k < columns.size(); ++k)
      out.push_back(y.shape()[static_cast<int>(batch.size() + summed.size() + k)]);
    const Tensor left = reshape(x, Shape{nb, nr, ns});
    const Tensor right = reshape(y, Shape{nb, ns, nc});
    // Nothing summed: a product of elements, with no matrices to multiply.
    const Tensor product = summed.empty() ? left * right : matmul(Operand(left, where_), right);
    return {reshape(product, out), batch + rows + columns};
  }

  const std::string& text_;
  std::source_location where_;
  std::vector<Term> terms_;
  Labels output_;
  int broadcast_rank_ = 0;
};

}  // namespace

Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands,
              const std::source_location& where) {
  const graph::CallScope call("einsum", where);
  if (operands.empty())
    ops::fail<ValueError>({.operation = "einsum", .problem = "no operands"}, where);
  return Equation(equation, operands, where).evaluate();
}

}  // namespace fathom
