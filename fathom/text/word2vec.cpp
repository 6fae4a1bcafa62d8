// word2vec's public functions: options are checked, and texts become numbers of words.
#include "fathom/text/word2vec.h"

#include <fmt/core.h>

#include <cmath>
#include <string_view>
#include <unordered_map>

#include "fathom/core/error.h"
#include "fathom/io/gzip.h"
#include "fathom/text/word2vec_parts.h"

namespace fathom::text {
namespace {

void check_word2vec(const Word2VecOptions& o) {
  const auto refuse = [](const char* name, std::string got, const char* expected) {
    throw ValueError({.operation = "word2vec",
                      .problem = std::string(name) + " is out of range",
                      .received = {{name, std::move(got)}},
                      .expected = expected});
  };
  const auto require_count = [&](const char* name, std::size_t n, std::size_t most) {
    if (n < 1 || n > most)
      refuse(name, std::to_string(n), ("1 to " + std::to_string(most)).c_str());
  };
  require_count("vector_size", o.vector_size, 1 << 16);
  require_count("window", o.window, word2vec_sentence);
  require_count("epochs", o.epochs, 1 << 20);
  if (o.negative > 1000) refuse("negative", std::to_string(o.negative), "0 to 1000");
  if (o.negative == 0 && !o.hierarchical_softmax)
    refuse("negative", "0", "1 and more, or hierarchical_softmax");
  if (!(o.sample >= 0 && o.sample < 0x1p63))
    refuse("sample", fmt::format("{}", o.sample), "0 and more");
  if (!(std::abs(o.ns_exponent) <= 15))  // sums of powers of 64-bit counts stay finite
    refuse("ns_exponent", fmt::format("{}", o.ns_exponent), "-15 to 15");
  if (!(o.alpha > 0 && o.alpha <= 1))
    refuse("alpha", fmt::format("{}", o.alpha), "above 0, at most 1");
  if (!(o.min_alpha >= 0 && o.min_alpha <= o.alpha))
    refuse("min_alpha", fmt::format("{}", o.min_alpha), "0 to alpha");
}

/// Learns from sentences, which `each_sentence(f)` gives to f one after the other as ranges of
/// something like std::string_view.
template <class EachSentence>
WordVectors learn(const Word2VecOptions& options, EachSentence&& each_sentence) {
  check_word2vec(options);
  Words words;
  std::vector<std::uint64_t> counts;
  std::unordered_map<std::string_view, std::uint32_t> places;  // of texts that outlive it
  Word2VecText all;                                            // in places
  each_sentence([&](const auto& sentence) {
    for (const auto& word : sentence) {
      const auto [at, fresh] =
          places.try_emplace(std::string_view(word), static_cast<std::uint32_t>(words.size()));
      if (fresh) {
        words.emplace_back(word);
        counts.push_back(0);
      }
      ++counts[at->second];
      all.words.push_back(at->second);
    }
    all.ends.push_back(all.words.size());
  });
  const Word2VecVocabulary vocabulary(words, std::move(counts), options);
  std::vector<std::int64_t> ids(words.size(), -1);
  for (std::size_t id = 0; id < vocabulary.words.size(); ++id)
    ids[places.at(vocabulary.words[id])] = static_cast<std::int64_t>(id);

  Word2VecText text;
  text.words.reserve(vocabulary.total);
  std::size_t at = 0;
  for (const std::size_t end : all.ends) {
    const std::size_t begin = text.words.size();
    for (; at < end; ++at) {
      if (ids[all.words[at]] < 0) continue;
      text.words.push_back(static_cast<std::uint32_t>(ids[all.words[at]]));
      if ((text.words.size() - begin) % word2vec_sentence == 0)
        text.ends.push_back(text.words.size());
    }
    if (text.words.size() != (text.ends.empty() ? 0 : text.ends.back()))
      text.ends.push_back(text.words.size());
  }
  all = {};
  Tensor vectors = train_word2vec(vocabulary, text, options);
  return WordVectors(vocabulary.words, std::move(vectors), vocabulary.counts);
}

}  // namespace

WordVectors word2vec(std::span<const Words> sentences, const Word2VecOptions& options,
                     Where where) {
  return located(where, [&] {
    return learn(options, [&](auto&& f) {
      for (const Words& sentence : sentences) f(sentence);
    });
  });
}

WordVectors word2vec_file(const std::string& path, const Word2VecOptions& options, Where where) {
  return located(where, [&] {
    const io::Bytes bytes = io::read_maybe_gzip(path);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return learn(options, [&](auto&& f) {
      std::vector<std::string_view> sentence;
      for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        sentence.clear();
        for (std::size_t at = begin; at < end;) {
          const std::size_t word = text.find_first_not_of(" \t\r\v\f", at);
          if (word >= end) break;
          at = std::min(text.find_first_of(" \t\r\v\f\n", word), end);
          sentence.push_back(text.substr(word, at - word));
        }
        f(sentence);
        begin = end + 1;
      }
    });
  });
}

}  // namespace fathom::text
