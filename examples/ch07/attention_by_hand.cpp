// Attention of four words, number by number: by loops, by products, by one call
//
// Chapter 7. Draws attention_by_hand.svg: how much each word looks at the others.
#include <fathom/fathom.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "fathom/figure/figure.h"

using namespace fathom;

using Row = std::array<double, 4>;
constexpr std::array<const char*, 4> words{"the", "cat", "drinks", "milk"};
// What each word asks for, what it answers to, and what it has to say.
constexpr std::array<Row, 4> queries{{{1, 0, 1, 0}, {0, 2, 0, 1}, {1, 1, 1, 0}, {0, 1, 0, 2}}};
constexpr std::array<Row, 4> keys{{{0, 1, 1, 0}, {2, 0, 1, 1}, {0, 2, 0, 1}, {1, 1, 0, 2}}};
constexpr std::array<Row, 4> values{{{1, 0, 0, 0}, {0, 3, 0, 1}, {0, 0, 2, 0}, {1, 0, 0, 4}}};

Tensor matrix(const std::array<Row, 4>& rows) {
  std::vector<float> numbers;
  for (const Row& row : rows) numbers.insert(numbers.end(), row.begin(), row.end());
  return Tensor::from(numbers, {4, 4});
}

/// The same by the formula: scores, their softmax, a weighted sum.
std::array<Row, 4> by_hand(std::array<Row, 4>& weights) {
  std::array<Row, 4> result{};
  for (std::size_t i = 0; i < 4; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      double score = 0;
      for (std::size_t d = 0; d < 4; ++d) score += queries[i][d] * keys[j][d];
      weights[i][j] = std::exp(score / std::sqrt(4.0));
      sum += weights[i][j];
    }
    for (std::size_t j = 0; j < 4; ++j) {
      weights[i][j] /= sum;
      for (std::size_t d = 0; d < 4; ++d) result[i][d] += weights[i][j] * values[j][d];
    }
  }
  return result;
}

void print(const char* title, const std::array<Row, 4>& rows) {
  std::printf("%s\n", title);
  for (std::size_t i = 0; i < 4; ++i)
    std::printf("  %-7s %.4f  %.4f  %.4f  %.4f\n", words[i], rows[i][0], rows[i][1], rows[i][2],
                rows[i][3]);
}

int main() {
  std::array<Row, 4> weights{};
  const std::array<Row, 4> result = by_hand(weights);
  print("weights: how much each word (row) looks at the, cat, drinks, milk", weights);
  print("what each word then knows", result);

  const Tensor q = matrix(queries), k = matrix(keys), v = matrix(values);
  const Tensor scores = matmul(q, transpose(k, 0, 1)) / std::sqrt(4.0);
  const Tensor products = matmul(softmax(scores), v);
  const Tensor call = scaled_dot_product_attention(q, k, v);
  std::printf("largest difference of products %.1e, of one call %.1e\n",
              max(abs(products - matrix(result))).item(), max(abs(call - matrix(result))).item());

  // A word that is being written sees only those before it.
  const Tensor causal = attention_weights(q, k, {.causal = true});
  std::printf("and if no word may look ahead\n%s\n", to_string(causal).c_str());

  figure::Figure picture(1, 2, {.width = 900, .height = 420});
  const std::vector<std::string> names(words.begin(), words.end());
  const figure::HeatMapStyle style{
      .row_names = names, .column_names = names, .decimals = 2, .color_bar = false};
  picture.axes(0, 0).title("Who looks at whom").heat_map(attention_weights(q, k), style);
  picture.axes(0, 1).title("Without looking ahead").heat_map(causal, style);
  picture.save("attention_by_hand.svg");
  std::printf("drawn in attention_by_hand.svg\n");
  return 0;
}
