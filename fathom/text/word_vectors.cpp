// What is asked of vectors of words: the nearest, analogies, the odd one out.
#include "fathom/text/word_vectors.h"

#include <algorithm>
#include <cmath>

#include "fathom/core/error.h"
#include "fathom/ops/elementwise.h"
#include "fathom/ops/linalg.h"
#include "fathom/ops/reduce.h"
#include "fathom/ops/shape.h"

namespace fathom::text {
namespace {

void require_words(const char* operation, std::size_t words) {
  if (words == 0)
    throw ValueError(
        {.operation = operation, .problem = "no words given", .expected = "at least one word"});
}

}  // namespace

WordVectors::WordVectors(Words words, const Tensor& vectors, std::vector<std::uint64_t> counts,
                         Where where)
    : words_(std::move(words)), counts_(std::move(counts)) {
  located(where, [&] {
    if (vectors.dtype() != DType::f32)
      throw DTypeError({.operation = "WordVectors",
                        .problem = "vectors of another type",
                        .received = {{"vectors", std::string(name(vectors.dtype()))}},
                        .expected = "f32"});
    if (vectors.rank() != 2 || vectors.shape()[0] != static_cast<std::int64_t>(words_.size()) ||
        vectors.shape()[1] == 0 || (!counts_.empty() && counts_.size() != words_.size()))
      throw ShapeError({.operation = "WordVectors",
                        .problem = "as many vectors as words are needed",
                        .received = {{"words", std::to_string(words_.size())},
                                     {"counts", std::to_string(counts_.size())},
                                     {"vectors", to_string(vectors.shape())}},
                        .expected = "vectors (words, numbers), counts of all words or none"});
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (!ids_.emplace(words_[i], static_cast<std::int64_t>(i)).second)
        throw ValueError({.operation = "WordVectors",
                          .problem = "a word is given twice",
                          .received = {{"word", words_[i]}},
                          .expected = "each word once"});
    vectors_ = vectors.eval();
    inverse_norms_ = sqrt(sum(vectors_ * vectors_, {1})).to_vector<float>();
    for (std::size_t i = 0; i < words_.size(); ++i) {
      float& norm = inverse_norms_[i];
      if (!std::isfinite(norm))
        throw ValueError({.operation = "WordVectors",
                          .problem = "a vector without a finite length",
                          .received = {{"word", words_[i]}},
                          .expected = "finite numbers"});
      norm = norm > 0 ? 1 / norm : 0;
    }
  });
}

std::int64_t WordVectors::id(const std::string& word, Where where) const {
  const auto at = ids_.find(word);
  if (at == ids_.end())
    throw IndexError({.operation = "WordVectors",
                      .problem = "a word that has no vector",
                      .received = {{"word", word}, {"words", std::to_string(size())}},
                      .hint = "contains() asks first",
                      .where = to_string(where)});
  return at->second;
}

std::vector<std::int64_t> WordVectors::ids(const Words& words, const Where& where) const {
  std::vector<std::int64_t> out;
  for (const std::string& word : words) out.push_back(id(word, where));
  return out;
}

Tensor WordVectors::vector(const std::string& word, Where where) const {
  return select(vectors_, 0, id(word, where)).eval();
}

std::vector<float> WordVectors::direction(std::span<const std::int64_t> ids,
                                          std::span<const double> weights) const {
  const auto all = vectors_.data<float>();
  std::vector<double> sum(dimensions(), 0.0);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto at = static_cast<std::size_t>(ids[i]);
    for (std::size_t d = 0; d < sum.size(); ++d)
      sum[d] += weights[i] * double{all[at * sum.size() + d]} * double{inverse_norms_[at]};
  }
  double square = 0;
  for (const double x : sum) square += x * x;
  std::vector<float> unit;
  for (const double x : sum)
    unit.push_back(square > 0 ? static_cast<float>(x / std::sqrt(square)) : 0.0f);
  return unit;
}

std::vector<float> WordVectors::similarities(const std::vector<float>& queries,
                                             std::size_t among) const {
  const auto d = static_cast<std::int64_t>(dimensions());
  const auto words = static_cast<std::int64_t>(among == 0 ? size() : std::min(among, size()));
  const Tensor q = Tensor::from(queries, {static_cast<std::int64_t>(queries.size()) / d, d});
  std::vector<float> out =
      matmul(q, transpose(slice(vectors_, 0, 0, words), 0, 1)).to_vector<float>();
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] *= inverse_norms_[i % static_cast<std::size_t>(words)];
  return out;
}

std::vector<Neighbour> WordVectors::best(std::span<const float> similarities,
                                         std::span<const std::int64_t> without,
                                         std::size_t count) const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < similarities.size(); ++i)
    if (std::ranges::find(without, static_cast<std::int64_t>(i)) == without.end())
      order.push_back(i);
  count = std::min(count, order.size());
  std::ranges::partial_sort(
      order, order.begin() + static_cast<std::ptrdiff_t>(count), [&](std::size_t a, std::size_t b) {
        return similarities[a] != similarities[b] ? similarities[a] > similarities[b] : a < b;
      });
  std::vector<Neighbour> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({words_[order[i]], double{similarities[order[i]]}});
  return out;
}

double WordVectors::similarity(const std::string& a, const std::string& b, Where where) const {
  const std::int64_t both[2] = {id(a, where), id(b, where)};
  const double one[1] = {1};
  const auto x = direction({both, 1}, one), y = direction({both + 1, 1}, one);
  double dot = 0;
  for (std::size_t d = 0; d < x.size(); ++d) dot += double{x[d]} * double{y[d]};
  return dot;
}

std::vector<Neighbour> WordVectors::most_similar(const Words& positive, const Words& negative,
                                                 std::size_t count, std::size_t among,
                                                 Where where) const {
  return located(where, [&] {
    require_words("most_similar", positive.size() + negative.size());
    std::vector<std::int64_t> all = ids(positive, where);
    const auto minus = ids(negative, where);
    std::vector<double> weights(all.size(), 1.0);
    all.insert(all.end(), minus.begin(), minus.end());
    weights.resize(all.size(), -1.0);
    return best(similarities(direction(all, weights), among), all, count);
  });
}

std::vector<Neighbour> WordVectors::most_similar(const Tensor& vector, std::size_t count,
                                                 Where where) const {
  return located(where, [&] {
    if (vector.dtype() != DType::f32)
      throw DTypeError({.operation = "most_similar",
                        .problem = "a vector of another type",
                        .received = {{"vector", std::string(name(vector.dtype()))}},
                        .expected = "f32"});
    if (vector.shape() != Shape{static_cast<std::int64_t>(dimensions())})
      throw ShapeError({.operation = "most_similar",
                        .problem = "a vector of another length",
                        .received = {{"vector", to_string(vector.shape())}},
                        .expected = to_string(Shape{static_cast<std::int64_t>(dimensions())})});
    std::vector<float> query = vector.to_vector<float>();
    double square = 0;
    for (const float x : query) square += double{x} * double{x};
    for (float& x : query)
      x = square > 0 ? static_cast<float>(double{x} / std::sqrt(square)) : 0.0f;
    return best(similarities(query, 0), {}, count);
  });
}

std::vector<Neighbour> WordVectors::most_similar_cosmul(const Words& positive,
                                                        const Words& negative, std::size_t count,
                                                        Where where) const {
  return located(where, [&] {
    require_words("most_similar_cosmul", positive.size() + negative.size());
    std::vector<std::int64_t> all = ids(positive, where);
    const auto minus = ids(negative, where);
    all.insert(all.end(), minus.begin(), minus.end());
    std::vector<float> above(size(), 1.0f), below(size(), 1.0f);
    const double one[1] = {1};
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::vector<float> each = similarities(direction({&all[i], 1}, one), 0);
      std::vector<float>& product = i < positive.size() ? above : below;
      for (std::size_t w = 0; w < size(); ++w) product[w] *= (1 + each[w]) / 2;
    }
    for (std::size_t w = 0; w < size(); ++w) above[w] /= below[w] + 1e-6f;
    return best(above, all, count);
  });
}

std::string WordVectors::doesnt_match(const Words& words, Where where) const {
  return located(where, [&] {
    require_words("doesnt_match", words.size());
    const std::vector<std::int64_t> all = ids(words, where);
    const std::vector<float> of =
        similarities(direction(all, std::vector<double>(all.size(), 1.0)), 0);
    return words_[static_cast<std::size_t>(*std::ranges::min_element(
        all, {}, [&](std::int64_t id) { return of[static_cast<std::size_t>(id)]; }))];
  });
}

}  // namespace fathom::text
