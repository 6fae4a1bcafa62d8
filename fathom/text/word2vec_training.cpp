// word2vec's loop: each chunk of the text becomes pairs of rows, which are trained block by block.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "fathom/backend/cpu/kernels.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/math/random_key.h"
#include "fathom/text/word2vec_parts.h"

namespace fathom::text {
namespace {

constexpr std::size_t parts = word2vec_parts;
constexpr std::size_t cbow_centers = 512;  // windows that see the same vectors

/// Random words, a stream for each piece of work.
class RandomWords {
 public:
  explicit RandomWords(std::uint64_t key) : key_(key) {}
  std::uint32_t operator()() {
    if (at_ == buffer_.size()) {
      cpu::random().words(buffer_.data(), first_, static_cast<std::int64_t>(buffer_.size()), key_);
      first_ += static_cast<std::int64_t>(buffer_.size());
      at_ = 0;
    }
    return buffer_[at_++];
  }
  /// A number in [0, n); the bias of n / 2^32 is nothing here.
  std::uint32_t below(std::size_t n) {
    return static_cast<std::uint32_t>(std::uint64_t{(*this)()} * n >> 32);
  }

 private:
  std::uint64_t key_;
  std::int64_t first_ = 0;
  std::array<std::uint32_t, 512> buffer_;
  std::size_t at_ = buffer_.size();
};

/// Rows of floats, padded to whole vectors.
struct Matrix {
  std::int64_t width = 0;
  Tensor memory;
  float* data = nullptr;

  Matrix(std::size_t rows, std::size_t length)
      : width(static_cast<std::int64_t>((length + 15) / 16 * 16)) {
    auto [tensor, at] = Tensor::uninitialized(DType::f32, {static_cast<std::int64_t>(rows), width});
    memory = std::move(tensor);
    data = static_cast<float*>(at);
    std::fill_n(data, static_cast<std::int64_t>(rows) * width, 0.0f);
  }
  float* row(std::size_t i) { return data + static_cast<std::int64_t>(i) * width; }
};

class Word2VecTraining {
 public:
  Word2VecTraining(const Word2VecVocabulary& vocabulary, const Word2VecText& text,
                   const Word2VecOptions& options)
      : options_(options),
        text_(text),
        vocabulary_(vocabulary),
        kept_share_(vocabulary.kept(options.sample)),
        noise_(noise_weights()),
        in_(vocabulary.words.size(), options.vector_size),
        out_(out_rows(), options.vector_size),
        windows_(options.skip_gram ? 0 : cbow_centers, options.vector_size),
        moves_(options.skip_gram ? 0 : cbow_centers, options.vector_size),
        scales_(options.skip_gram ? 0 : cbow_centers) {
    if (options.hierarchical_softmax) ways_ = huffman_ways(vocabulary.counts);
    deal();
    const std::size_t size = options.vector_size;
    const auto half = 0.5f / static_cast<float>(size);
    std::vector<float> all(in_words() * size);
    cpu::random().uniform(all.data(), 0, static_cast<std::int64_t>(all.size()), next_key(), -half,
                          half);
    for (std::size_t i = 0; i < in_words(); ++i)
      std::copy_n(all.data() + i * size, size, in_.row(in_places_[i].row));
  }

  void run() {
    std::uint64_t read = 0;
    for (std::size_t epoch = 1; epoch <= options_.epochs; ++epoch) {
      told_ = {.epoch = epoch, .words = text_.words.size()};
      for (std::size_t sentence = 0, begin = 0; sentence < text_.ends.size();) {
        std::size_t last = sentence;
        while (last + 1 < text_.ends.size() && text_.ends[last] - begin < chunk_words()) ++last;
        const double done =
            static_cast<double>(read) / static_cast<double>(options_.epochs * text_.words.size());
        const double rate = options_.alpha - (options_.alpha - options_.min_alpha) * done;
        train_chunk(sentence, last + 1, begin,
                    static_cast<float>(std::max(rate, options_.min_alpha)));
        read += text_.ends[last] - begin;
        begin = text_.ends[last];
        sentence = last + 1;
      }
      if (options_.after_epoch) options_.after_epoch(told_);
    }
  }

  Tensor vectors() {
    const std::size_t size = options_.vector_size;
    auto [tensor, at] = Tensor::uninitialized(
        DType::f32,
        {static_cast<std::int64_t>(in_words()), static_cast<std::int64_t>(options_.vector_size)});
    for (std::size_t i = 0; i < in_words(); ++i)
      std::copy_n(in_.row(in_places_[i].row), size, static_cast<float*>(at) + i * size);
    return tensor;
  }

 private:
  using Pairs = std::vector<cpu::WordPair>;
  /// Where a row of a matrix lies: those of a part stand together.
  struct Place {
    std::uint32_t row, part;
  };
  /// A word of a chunk that was not dropped, with its sentence's place in the chunk.
  struct Kept {
    std::uint32_t word, begin, end;
  };
  /// What one task makes of its share of a batch: blocks of pairs by the parts of their rows, and
  /// for CBOW what is to reach the words around, by their parts.
  struct Share {
    std::array<Pairs, parts * parts> blocks;
    std::array<Pairs, parts> around;
    Pairs window;
  };

  std::size_t in_words() const { return vocabulary_.words.size(); }
  /// Words that see one learning rate: so many that sorting pairs by rows pays.
  std::size_t chunk_words() const {
    return std::clamp<std::size_t>(in_words() / 2, 20'000, 200'000);
  }
  std::size_t first_node() const { return options_.negative > 0 ? in_words() : 0; }
  std::size_t out_rows() const {
    return first_node() + (options_.hierarchical_softmax ? in_words() - 1 : 0);
  }
  std::uint64_t next_key() { return site_key(options_.seed, ++streams_); }

  std::vector<double> noise_weights() const {
    std::vector<double> weights;
    for (const std::uint64_t count : vocabulary_.counts)
      weights.push_back(std::pow(static_cast<double>(count), options_.ns_exponent));
    return weights;
  }

  void deal() {
    std::vector<double> in_loads(in_words()), out_loads(out_rows(), 0.0);
    const std::vector<double> noise = noise_weights();
    double words = 0, noise_sum = std::accumulate(noise.begin(), noise.end(), 0.0);
    for (std::size_t i = 0; i < in_words(); ++i) {
      in_loads[i] =
          static_cast<double>(vocabulary_.counts[i]) * static_cast<double>(kept_share_[i]);
      words += in_loads[i];
    }
    for (std::size_t i = 0; i < in_words(); ++i) {
      if (options_.negative > 0)
        out_loads[i] =
            in_loads[i] + words * static_cast<double>(options_.negative) * noise[i] / noise_sum;
      for (const std::uint32_t node : ways_.empty() ? std::vector<std::uint32_t>() : ways_[i])
        out_loads[first_node() + node / 2] += in_loads[i];
    }
    std::array<std::uint32_t, parts + 1> in_begins{};
    in_places_ = places(deal_rows(in_loads), in_begins);
    out_places_ = places(deal_rows(out_loads), out_begins_);
  }

  /// Rows in the order of their parts; part p begins at begins[p].
  static std::vector<Place> places(const std::vector<std::uint8_t>& part_of,
                                   std::array<std::uint32_t, parts + 1>& begins) {
    for (const std::uint8_t part : part_of) ++begins[part + 1];
    for (std::size_t part = 0; part < parts; ++part) begins[part + 1] += begins[part];
    auto next = begins;
    std::vector<Place> out;
    for (const std::uint8_t part : part_of) out.push_back({next[part]++, part});
    return out;
  }

  void train_chunk(std::size_t sentence, std::size_t last, std::size_t begin, float rate) {
    kept_.clear();
    RandomWords draw(next_key());
    for (; sentence < last; ++sentence) {
      const auto first = static_cast<std::uint32_t>(kept_.size());
      for (; begin < text_.ends[sentence]; ++begin)
        if (draw() < kept_share_[text_.words[begin]])
          kept_.push_back({text_.words[begin], first, 0});
      for (std::size_t i = first; i < kept_.size(); ++i)
        kept_[i].end = static_cast<std::uint32_t>(kept_.size());
    }
    const std::size_t step = options_.skip_gram ? kept_.size() : cbow_centers;
    for (std::size_t at = 0; at < kept_.size(); at += step)
      train_batch(at, std::min(at + step, kept_.size()), rate);
  }

  void train_batch(std::size_t begin, std::size_t end, float rate) {
    const std::int64_t key = streams_;
    streams_ += parts;
    const auto each = [&](auto&& body) {
      cpu::parallel_for(parts, [&](std::int64_t task) { body(static_cast<std::size_t>(task)); });
    };
    each([&](std::size_t task) {
      Share& share = shares_[task];
      for (Pairs& block : share.blocks) block.clear();
      for (Pairs& block : share.around) block.clear();
      RandomWords draw(site_key(options_.seed, key + static_cast<std::int64_t>(task) + 1));
      for (std::size_t i = begin + (end - begin) * task / parts;
           i < begin + (end - begin) * (task + 1) / parts; ++i)
        options_.skip_gram ? add_skip_grams(share, i, draw)
                           : add_window(share, task, i, i - begin, draw);
    });
    const bool sg = options_.skip_gram;
    std::array<double, parts> losses{};
    for (std::size_t round = 0; round < parts; ++round)
      each([&](std::size_t in_part) {
        const Pairs& pairs = sorted(in_part, (in_part + round) % parts);
        losses[in_part] += cpu::word_pairs().train(
            sg ? in_.data : windows_.data, sg ? in_.data : moves_.data, out_.data, in_.width,
            pairs.data(), static_cast<std::int64_t>(pairs.size()), rate, options_.compute_loss);
      });
    if (!sg) {
      if (!options_.cbow_mean) scale_moves(end - begin);
      each([&](std::size_t part) {
        for (const Share& share : shares_) add(moves_, in_, share.around[part], 1);
      });
    }
    for (std::size_t part = 0; part < parts; ++part) told_.loss += losses[part];
    for (const Share& share : shares_)
      for (const Pairs& block : share.blocks) told_.trained += block.size();
  }

  /// The pairs of a block by the rows of `out`: each is fetched from far once, those of `in` are
  /// few.
  const Pairs& sorted(std::size_t in_part, std::size_t out_part) {
    const std::size_t block = in_part * parts + out_part;
    std::vector<std::uint32_t>& begin = begins_[in_part];
    const std::uint32_t first = out_begins_[out_part];
    begin.assign(out_begins_[out_part + 1] - first + 1, 0);
    for (const Share& share : shares_)
      for (const cpu::WordPair& pair : share.blocks[block]) ++begin[pair.out / 2 - first + 1];
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    Pairs& all = sorted_[in_part];
    all.resize(begin.back());
    for (const Share& share : shares_)
      for (const cpu::WordPair& pair : share.blocks[block])
        all[begin[pair.out / 2 - first]++] = pair;
    return all;
  }

  static void add(Matrix& from, Matrix& to, const Pairs& pairs, float factor) {
    cpu::word_pairs().add(from.data, to.data, from.width, pairs.data(),
                          static_cast<std::int64_t>(pairs.size()), factor);
  }

  /// Calls f with each word around that of number i.
  template <class F> void around(std::size_t i, RandomWords& draw, F&& f) const {
    const std::size_t window =
        options_.shrink_windows ? options_.window - draw.below(options_.window) : options_.window;
    const std::size_t begin = std::max<std::size_t>(kept_[i].begin, i - std::min(i, window));
    const std::size_t end = std::min<std::size_t>(kept_[i].end, i + window + 1);
    for (std::size_t j = begin; j < end; ++j)
      if (j != i) f(kept_[j].word);
  }

  /// Pairs of a row with all that `word` is told from, into blocks[part of the other row].
  void add_targets(Pairs* blocks, std::uint32_t in, std::uint32_t word, RandomWords& draw) const {
    const auto put = [&](std::uint32_t row, std::uint32_t label) {
      const Place& at = out_places_[row];
      blocks[at.part].push_back({in, 2 * at.row + label});
    };
    if (options_.hierarchical_softmax)
      for (const std::uint32_t node : ways_[word])
        put(static_cast<std::uint32_t>(first_node()) + node / 2, node % 2);
    if (options_.negative == 0) return;
    put(word, 1);
    for (std::size_t k = 0; k < options_.negative; ++k)
      if (const std::uint32_t other = noise_(draw()); other != word) put(other, 0);
  }

  void add_skip_grams(Share& share, std::size_t i, RandomWords& draw) const {
    around(i, draw, [&](std::uint32_t in) {
      const Place& at = in_places_[in];
      add_targets(&share.blocks[at.part * parts], at.row, kept_[i].word, draw);
    });
  }

  /// CBOW: the words around are summed into a row of their own.
  void add_window(Share& share, std::size_t task, std::size_t i, std::size_t slot,
                  RandomWords& draw) {
    const auto row = static_cast<std::uint32_t>(slot);
    share.window.clear();
    around(i, draw, [&](std::uint32_t in) {
      const Place& at = in_places_[in];
      share.window.push_back({at.row, row});
      share.around[at.part].push_back({row, at.row});
    });
    if (share.window.empty()) return;
    const float mean = scales_[slot] = 1.0f / static_cast<float>(share.window.size());
    std::fill_n(windows_.row(slot), windows_.width, 0.0f);
    std::fill_n(moves_.row(slot), moves_.width, 0.0f);
    add(in_, windows_, share.window, options_.cbow_mean ? mean : 1.0f);
    add_targets(&share.blocks[task * parts], row, kept_[i].word, draw);
  }

  /// Words that were summed share what their sum is to move by.
  void scale_moves(std::size_t slots) {
    for (std::size_t slot = 0; slot < slots; ++slot)
      for (std::int64_t k = 0; k < moves_.width; ++k) moves_.row(slot)[k] *= scales_[slot];
  }

  const Word2VecOptions& options_;
  const Word2VecText& text_;
  const Word2VecVocabulary& vocabulary_;
  std::vector<std::uint64_t> kept_share_;
  AliasTable noise_;
  Matrix in_, out_, windows_, moves_;
  std::vector<float> scales_;
  std::vector<std::vector<std::uint32_t>> ways_;
  std::vector<Place> in_places_, out_places_;
  std::array<std::uint32_t, parts + 1> out_begins_{};
  std::array<Pairs, parts> sorted_;  // working memory of the tasks
  std::array<std::vector<std::uint32_t>, parts> begins_;
  std::vector<Kept> kept_;
  std::array<Share, parts> shares_;
  std::int64_t streams_ = 0;
  Word2VecEpoch told_;
};

}  // namespace

Tensor train_word2vec(const Word2VecVocabulary& vocabulary, const Word2VecText& text,
                      const Word2VecOptions& options) {
  Word2VecTraining training(vocabulary, text, options);
  training.run();
  return training.vectors();
}

}  // namespace fathom::text
