// Learning merges: the pair of tokens that comes most often becomes a token, again and again; of
// pairs that come equally often the one of lower ids. A pair's count may be too high where it
// waits, and is put right when it comes up. So do Hugging Face's trainers, whose vocabulary this
// gives.
#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>

#include "fathom/text/models.h"
#include "fathom/text/trainers.h"
#include "fathom/text/utf8.h"

namespace fathom::text {
namespace {

using PairKey = std::uint64_t;
PairKey key_of(std::uint32_t left, std::uint32_t right) {
  return static_cast<PairKey>(left) << 32 | right;
}

/// Counts by pairs: open addressing.
class PairCounts {
 public:
  std::int64_t& operator[](PairKey pair) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    Slot& slot = slots_[place(pair)];
    if (!slot.used) slot = {pair, 0, true}, ++size_;
    return slot.count;
  }

 private:
  struct Slot {
    PairKey pair = 0;
    std::int64_t count = 0;
    bool used = false;
  };
  std::size_t place(PairKey pair) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = (pair * 0x9E3779B97F4A7C15u) >> 30 & mask;
    while (slots_[i].used && slots_[i].pair != pair) i = (i + 1) & mask;
    return i;
  }
  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(std::max<std::size_t>(1 << 12, old.size() * 2), {});
    for (const Slot& slot : old)
      if (slot.used) slots_[place(slot.pair)] = slot;
  }
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

struct BpeSymbol {
  std::uint32_t id, length;  // in characters
};
struct BpeWord {
  std::vector<BpeSymbol> symbols;
  std::int64_t count = 0;
};

/// A pair that waits, and the words that had it when it was put there.
struct Waiting {
  std::int64_t count;
  PairKey pair;
  std::vector<std::uint32_t> words;
  bool operator<(const Waiting& other) const {
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

class BpeTrainer {
 public:
  BpeTrainer(const CountedWords& words, const TrainOptions& options) : options_(options) {
    for (const AddedToken& token : options.special_tokens) id_of(token.content);
    add_alphabet(words);
    cut_words(words);
  }

  std::vector<Merge> merges() {
    count_pairs();
    std::vector<Merge> out;
    while (tokens_.size() < options_.vocab_size && !waiting_.empty()) {
      std::pop_heap(waiting_.begin(), waiting_.end());
      Waiting top = std::move(waiting_.back());
      waiting_.pop_back();
      const std::int64_t count = counts_[top.pair];
      if (top.count != count) {
        top.count = count;
        push(std::move(top));
        continue;
      }
      if (top.count < 1 || options_.min_frequency > static_cast<std::uint64_t>(top.count)) break;
      const auto left = static_cast<std::uint32_t>(top.pair >> 32),
                 right = static_cast<std::uint32_t>(top.pair);
      std::string_view behind = tokens_[right];
      if (options_.continuing_subword_prefix &&
          behind.starts_with(*options_.continuing_subword_prefix))
        behind.remove_prefix(options_.continuing_subword_prefix->size());
      const std::uint32_t joined = id_of(tokens_[left] + std::string(behind));
      out.push_back({left, right, joined, static_cast<std::uint32_t>(out.size())});
      changed_.clear();
      for (const std::uint32_t word : top.words) join(word, left, right, joined);
      push_changed();
    }
    return out;
  }

  Vocabulary vocabulary() const {
    Vocabulary out;
    for (std::uint32_t id = 0; id < tokens_.size(); ++id) out.set(tokens_[id], id);
    return out;
  }

 private:
  std::uint32_t id_of(const std::string& token) {
    const auto [at, is_new] = ids_.emplace(token, static_cast<std::uint32_t>(tokens_.size()));
    if (is_new) tokens_.push_back(token);
    return at->second;
  }

  void add_alphabet(const CountedWords& words) {
    std::map<char32_t, std::uint64_t> counts;  // by code points
    for (const CountedWord& word : words)
      for_each_character(word.text,
                         [&](char32_t c, std::size_t, std::size_t) { counts[c] += word.count; });
    for (const char32_t c : options_.initial_alphabet) counts[c] = UINT64_MAX;
    std::vector<std::pair<char32_t, std::uint64_t>> kept(counts.begin(), counts.end());
    if (options_.limit_alphabet && kept.size() > *options_.limit_alphabet) {
      std::ranges::stable_sort(kept, {}, [](const auto& entry) { return entry.second; });
      kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(*options_.limit_alphabet));
      std::ranges::sort(kept);
    }
    for (const auto& [c, count] : kept) id_of(to_utf8(c));
  }

  void cut_words(const CountedWords& words) {
    for (const CountedWord& word : words) {
      BpeWord out{.count = static_cast<std::int64_t>(word.count)};
      for_each_character(word.text, [&](char32_t c, std::size_t at, std::size_t length) {
        std::string token = to_utf8(c);
        if (!ids_.contains(token)) return;  // not in the alphabet
        if (at > 0 && options_.continuing_subword_prefix)
          token = *options_.continuing_subword_prefix + token;
        if (at + length == word.text.size() && options_.end_of_word_suffix)
          token += *options_.end_of_word_suffix;
        out.symbols.push_back({id_of(token), 1});
      });
      words_.push_back(std::move(out));
    }
  }

  void count_pairs() {
    for (std::uint32_t i = 0; i < words_.size(); ++i) {
      const auto& symbols = words_[i].symbols;
      for (std::size_t k = 0; k + 1 < symbols.size(); ++k)
        change(key_of(symbols[k].id, symbols[k + 1].id), words_[i].count, i, true);
    }
    push_changed();
  }

  // Counts a pair of a word; `is_new` if the word did not have it before.
  void change(PairKey pair, std::int64_t by, std::uint32_t word, bool is_new) {
    counts_[pair] += by;
    if (is_new) changed_.emplace_back(pair, word);
  }

  // Joins the pair wherever it is in a word.
  void join(std::uint32_t index, std::uint32_t left, std::uint32_t right, std::uint32_t joined) {
    auto& symbols = words_[index].symbols;
    const std::int64_t count = words_[index].count;
    const std::size_t most = options_.max_token_length.value_or(SIZE_MAX);
    const auto lose = [&](std::uint32_t a, std::uint32_t b) {
      change(key_of(a, b), -count, index, false);
    };
    const auto gain = [&](const BpeSymbol& a, const BpeSymbol& b) {
      if (a.length + b.length < most) change(key_of(a.id, b.id), count, index, true);
    };
    std::size_t to = 0;
    for (std::size_t from = 0; from < symbols.size(); ++from, ++to) {
      if (symbols[from].id != left || from + 1 == symbols.size() || symbols[from + 1].id != right) {
        symbols[to] = symbols[from];
        continue;
      }
      const BpeSymbol made{joined, symbols[from].length + symbols[from + 1].length};
      if (to > 0) {
        lose(symbols[to - 1].id, left);
        gain(symbols[to - 1], made);
      }
      if (from + 2 < symbols.size()) {
        lose(right, symbols[from + 2].id);
        gain(made, symbols[from + 2]);
      }
      symbols[to] = made;
      ++from;
    }
    symbols.resize(to);
  }

  void push(Waiting&& waiting) {
    waiting_.push_back(std::move(waiting));
    std::push_heap(waiting_.begin(), waiting_.end());
  }
  // The pairs that came up since the last time, each with its words.
  void push_changed() {
    std::ranges::sort(changed_);
    for (std::size_t i = 0; i < changed_.size();) {
      Waiting next{0, changed_[i].first, {}};
      for (; i < changed_.size() && changed_[i].first == next.pair; ++i)
        if (next.words.empty() || next.words.back() != changed_[i].second)
          next.words.push_back(changed_[i].second);
      next.count = counts_[next.pair];
      if (next.count > 0) push(std::move(next));
    }
    changed_.clear();
  }

  const TrainOptions& options_;
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<BpeWord> words_;
  PairCounts counts_;
  std::vector<std::pair<PairKey, std::uint32_t>> changed_;
  std::vector<Waiting> waiting_;  // a heap
};

}  // namespace

std::unique_ptr<Model> train_bpe(const CountedWords& words, const TrainOptions& given,
                                 bool word_piece) {
  TrainOptions options = given;
  if (word_piece && !options.continuing_subword_prefix) options.continuing_subword_prefix = "##";
  BpeTrainer trainer(words, options);
  std::vector<Merge> merges = trainer.merges();
  if (word_piece)
    return make_word_piece(trainer.vocabulary(),
                           {.unk_token = options.unk_token.value_or("[UNK]"),
                            .continuing_subword_prefix = *options.continuing_subword_prefix});
  BpeOptions bpe;
  bpe.unk_token = options.unk_token;
  bpe.continuing_subword_prefix = options.continuing_subword_prefix;
  bpe.end_of_word_suffix = options.end_of_word_suffix;
  return make_bpe(trainer.vocabulary(), std::move(merges), std::move(bpe));
}

}  // namespace fathom::text
