// Words, vocabularies and weights of terms; numbers of torchtext and scikit-learn.
#include "fathom/text/words.h"

#include <doctest/doctest.h>

#include "fathom/core/error.h"
#include "tests/io/support.h"

using namespace fathom;
using text::Words;

TEST_CASE("words: basic_english splits as torchtext does") {
  CHECK(text::basic_english("You can now install TorchText using pip!") ==
        Words{"you", "can", "now", "install", "torchtext", "using", "pip", "!"});
  CHECK(text::basic_english("It's (so) \"good\"; see: a.b,<br />ÉTÉ?") ==
        Words{"it", "'", "s", "(", "so", ")", "good", "see", "a", ".", "b", ",", "été", "?"});
  CHECK(text::basic_english("One<BR />two<br >") == Words{"one", "two<br", ">"});
  CHECK(text::basic_english("").empty());
  CHECK(text::ngrams({"here", "we", "are"}, 3) ==
        Words{"here", "we", "are", "here we", "we are", "here we are"});
  CHECK(text::without_stop_words({"the", "cat"}, Words{"the", "a"}) == Words{"cat"});
}

TEST_CASE("words: a vocabulary by frequency") {
  const Words words{"b", "a", "c", "b", "a", "b", "d"};
  const text::Vocab vocab({words}, {.min_frequency = 1, .specials = {"<unk>"}, .default_index = 0});
  CHECK(vocab.words() == Words{"<unk>", "b", "a", "c", "d"});
  CHECK(vocab.ids({"a", "z"}) == std::vector<std::int64_t>{2, 0});
  const text::Vocab last({words},
                         {.min_frequency = 2, .specials = {"<pad>"}, .specials_first = false});
  CHECK(last.words() == Words{"b", "a", "<pad>"});
  CHECK(test::error_text<IndexError>([&] { last.id("z"); }) ==
        "Vocab::id: a word that is not in the vocabulary\n"
        "  word: z     words: 3\n"
        "  hint: default_index is the id of unknown words");
  CHECK(test::error_text<IndexError>([&] { last.word(3); }) != "");
}

TEST_CASE("words: weights of terms as scikit-learn has them") {
  const std::vector<Words> documents{{"the", "cat", "the"}, {"the", "dog"}};
  const text::TfIdf weights(documents);
  CHECK(weights.terms() == Words{"cat", "dog", "the"});
  CHECK(weights.idf()[0] == doctest::Approx(1.4054651081081644));
  CHECK(weights.idf()[2] == doctest::Approx(1.0));
  const std::vector<double> got = weights(documents).to_vector<double>();
  CHECK(got[0] == doctest::Approx(0.57496187));
  CHECK(got[2] == doctest::Approx(0.81818021));
  CHECK(got[4] == doctest::Approx(0.81480247));
  CHECK(got[5] == doctest::Approx(0.57973867));
}
