// Tiny Shakespeare letter by letter: what the examples of language models have in common.
#pragma once
#include <fathom/fathom.h>

#include <cstdio>
#include <string>
#include <vector>

#include "fathom/data/texts.h"
#include "fathom/figure/figure.h"

namespace examples {

/// A text whose characters are numbered by their place in `characters`.
struct Letters {
  std::string characters;
  fathom::Tensor train, test;  ///< nine tenths of the text and the rest, i64

  std::vector<std::int64_t> numbers(const std::string& text) const {
    std::vector<std::int64_t> list;
    for (const char c : text) list.push_back(static_cast<std::int64_t>(characters.find(c)));
    return list;
  }
};

/// Reads $FATHOM_DATA/text/tinyshakespeare.txt.
inline Letters shakespeare() {
  const std::string text = fathom::data::tiny_shakespeare();
  bool used[256] = {};
  for (const char c : text) used[static_cast<unsigned char>(c)] = true;
  Letters letters;
  for (int c = 0; c < 256; ++c)
    if (used[c]) letters.characters += static_cast<char>(c);
  const auto all = fathom::Tensor::from(letters.numbers(text));
  const std::int64_t n = all.size(), train = n / 10 * 9;
  letters.train = fathom::slice(all, 0, 0, train).eval();
  letters.test = fathom::slice(all, 0, train, n).eval();
  return letters;
}

/// Prints what a model writes behind `beginning`, letter by letter as it is drawn.
template <class State, class Step>
void write(const Letters& letters, const std::string& beginning, const State& state,
           const Step& step, std::uint64_t seed) {
  std::printf("%s", beginning.c_str());
  fathom::generate::sequences({letters.numbers(beginning)}, state, step,
                              {.max_new_tokens = 400,
                               .do_sample = true,
                               .temperature = 0.8,
                               .top_k = 20,
                               .seed = seed,
                               .on_token = [&](std::int64_t, std::int64_t token) {
                                 std::putchar(letters.characters[static_cast<std::size_t>(token)]);
                                 std::fflush(stdout);
                                 return true;
                               }});
  std::printf("\n");
}

/// The losses of each epoch as curves.
inline void draw_losses(const fathom::figure::Values& train, const fathom::figure::Values& test,
                        const std::string& file) {
  fathom::figure::Figure picture(1, 1, {.width = 560, .height = 360});
  picture.axes(0, 0)
      .title("Cross entropy a letter")
      .x_label("epoch")
      .line(train, {.label = "read text"})
      .line(test, {.label = "unread text"});
  picture.save(file);
  std::printf("drawn in %s\n", file.c_str());
}

}  // namespace examples
