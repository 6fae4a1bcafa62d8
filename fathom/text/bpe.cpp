// Byte-pair encoding: a word's characters (or bytes) are joined two by two, earlier merges first.
#include <algorithm>
#include <array>
#include <queue>

#include "fathom/core/error.h"
#include "fathom/text/byte_level.h"
#include "fathom/text/models.h"
#include "fathom/text/workspace.h"

namespace fathom::text {
namespace {

/// What two tokens become, by their ids: open addressing.
class MergeTable {
 public:
  struct Entry {
    std::uint64_t pair = 0;
    std::uint32_t rank = UINT32_MAX, joined = 0;
  };
  explicit MergeTable(const std::vector<Merge>& merges) {
    std::size_t capacity = 16;
    while (capacity < merges.size() * 2) capacity *= 2;
    entries_.resize(capacity);
    mask_ = capacity - 1;
    for (const Merge& merge : merges)
      entries_[place(key(merge.left, merge.right))] = {key(merge.left, merge.right), merge.rank,
                                                       merge.joined};
  }
  const Entry& find(std::uint32_t left, std::uint32_t right) const {
    return entries_[place(key(left, right))];
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  static std::uint64_t key(std::uint32_t left, std::uint32_t right) {
    return static_cast<std::uint64_t>(left) << 32 | right;
  }
  // Where a pair is, or the free entry that ends the search.
  std::size_t place(std::uint64_t pair) const {
    std::size_t i = (pair * 0x9E3779B97F4A7C15u) >> 32 & mask_;
    while (entries_[i].rank != UINT32_MAX && entries_[i].pair != pair) i = (i + 1) & mask_;
    return i;
  }
  std::vector<Entry> entries_;
  std::size_t mask_ = 0;
};

class Bpe final : public Model {
 public:
  Bpe(Vocabulary vocabulary, const std::vector<Merge>& merges, BpeOptions options)
      : vocabulary_(std::move(vocabulary)), merges_(merges), options_(std::move(options)) {
    if (options_.dropout) drops_ = *options_.dropout;
    if (options_.unk_token)
      if (const std::uint32_t* id = vocabulary_.id(*options_.unk_token)) unknown_ = *id;
    if (options_.byte_fallback)
      for (int byte = 0; byte < 256; ++byte) {
        static constexpr char digits[] = "0123456789ABCDEF";
        const char text[] = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
        if (const std::uint32_t* id = vocabulary_.id({text, 6})) fallback_[byte] = *id;
      }
  }

  void tokenize(std::string_view piece, std::uint32_t at, Workspace& work,
                std::vector<Token>& out) const override {
    const auto make = [&] { join(piece, at, work, out); };
    if (drops_ > 0)
      make();
    else
      work.words.tokenize(piece, at, out, make);
  }

  const std::string* token(std::uint32_t id) const override { return vocabulary_.token(id); }
  const std::uint32_t* id(std::string_view token) const override { return vocabulary_.id(token); }
  std::size_t size() const override { return vocabulary_.size(); }
  std::uint32_t id_end() const override { return vocabulary_.id_end(); }

  bool take_bytes() override {
    if (options_.continuing_subword_prefix.value_or("") != "" ||
        options_.end_of_word_suffix.value_or("") != "")
      return false;
    for (int byte = 0; byte < 256; ++byte) {
      const std::uint32_t* id =
          vocabulary_.id(to_utf8(byte_character(static_cast<std::uint8_t>(byte))));
      if (!id) return false;
      bytes_[byte] = *id;
    }
    return takes_bytes_ = true;
  }
  void take_characters() override { takes_bytes_ = false; }

  void write(std::string& out) const override;

 private:
  void join(std::string_view piece, std::uint32_t at, Workspace& work,
            std::vector<Token>& out) const {
    const std::uint32_t* whole = nullptr;
    if (options_.ignore_merges) whole = takes_bytes_ ? find_bytes(piece) : vocabulary_.id(piece);
    if (whole) {
      out.push_back({*whole, at, at + static_cast<std::uint32_t>(piece.size())});
      return;
    }
    work.symbols.clear();
    if (takes_bytes_)
      for (const char c : piece) add(work, bytes_[static_cast<unsigned char>(c)], 1);
    else
      add_characters(piece, work);
    if (drops_ > 0)
      merge_with_dropout(work);
    else if (work.symbols.size() <= 32)
      merge_few(work);
    else
      merge_many(work);
    std::uint32_t begin = at;
    for (const Workspace::Symbol& symbol : work.symbols) {
      if (symbol.length == 0) continue;
      out.push_back({symbol.id, begin, begin + symbol.length});
      begin += symbol.length;
    }
  }

  // The id of a token by its bytes.
  const std::uint32_t* find_bytes(std::string_view piece) const {
    return vocabulary_.id(from_bytes(piece));
  }

  static void add(Workspace& work, std::uint32_t id, std::uint32_t length) {
    const auto place = static_cast<std::int32_t>(work.symbols.size());
    if (place > 0) work.symbols.back().next = place;
    work.symbols.push_back({id, length, place - 1, -1});
  }

  void add_characters(std::string_view piece, Workspace& work) const {
    std::uint32_t unknown_length = 0;
    const auto add_unknown = [&] {
      if (unknown_length > 0) add(work, *unknown_, unknown_length);
      unknown_length = 0;
    };
    for_each_character(piece, [&](char32_t, std::size_t at, std::size_t length) {
      std::string_view letter = piece.substr(at, length);
      const bool inner = at > 0 && options_.continuing_subword_prefix;
      const bool last = at + length == piece.size() && options_.end_of_word_suffix;
      if (inner || last) {
        work.letters.clear();
        if (inner) work.letters += *options_.continuing_subword_prefix;
        work.letters += letter;
        if (last) work.letters += *options_.end_of_word_suffix;
        letter = work.letters;
      }
      if (const std::uint32_t* id = vocabulary_.id(letter)) {
        add_unknown();
        add(work, *id, static_cast<std::uint32_t>(length));
        return;
      }
      if (options_.byte_fallback && std::ranges::all_of(letter, [&](char c) {
            return fallback_[static_cast<unsigned char>(c)].has_value();
          })) {
        for (const char c : letter) add(work, *fallback_[static_cast<unsigned char>(c)], 1);
        return;
      }
      if (!options_.unk_token) return;  // as in Hugging Face tokenizers: it leaves no trace
      if (!unknown_) no_unknown_token("BPE", letter, *options_.unk_token);
      if (!options_.fuse_unk) add_unknown();
      unknown_length += static_cast<std::uint32_t>(length);
    });
    add_unknown();
  }

  // Joins the symbol at `left` with the one behind it.
  static void join(std::vector<Workspace::Symbol>& symbols, std::int32_t left,
                   std::uint32_t joined) {
    Workspace::Symbol& symbol = symbols[static_cast<std::size_t>(left)];
    Workspace::Symbol& right = symbols[static_cast<std::size_t>(symbol.next)];
    symbol.id = joined;
    symbol.length += right.length;
    symbol.next = right.next;
    right.length = 0;
    if (symbol.next >= 0) symbols[static_cast<std::size_t>(symbol.next)].previous = left;
  }

  // For words: looks at all pairs again after each merge.
  void merge_few(Workspace& work) const {
    auto& symbols = work.symbols;
    const std::size_t count = symbols.size();
    if (count < 2) return;
    std::array<std::uint32_t, 32> ranks, joined;  // of the pair that begins at each symbol
    const auto look = [&](std::int32_t i) {
      const Workspace::Symbol& symbol = symbols[static_cast<std::size_t>(i)];
      if (symbol.next < 0) {
        ranks[static_cast<std::size_t>(i)] = UINT32_MAX;
        return;
      }
      const auto& merge =
          merges_.find(symbol.id, symbols[static_cast<std::size_t>(symbol.next)].id);
      ranks[static_cast<std::size_t>(i)] = merge.rank;
      joined[static_cast<std::size_t>(i)] = merge.joined;
    };
    for (std::size_t i = 0; i < count; ++i) look(static_cast<std::int32_t>(i));
    while (true) {
      const auto best = std::min_element(ranks.begin(), ranks.begin() + count);
      if (*best == UINT32_MAX) return;
      const auto at = static_cast<std::int32_t>(best - ranks.begin());
      ranks[static_cast<std::size_t>(symbols[static_cast<std::size_t>(at)].next)] = UINT32_MAX;
      join(symbols, at, joined[static_cast<std::size_t>(at)]);
      look(at);
      if (symbols[static_cast<std::size_t>(at)].previous >= 0)
        look(symbols[static_cast<std::size_t>(at)].previous);
    }
  }

  struct Candidate {
    std::uint32_t rank;
    std::int32_t place;
    std::uint32_t joined;
    bool operator>(const Candidate& other) const {
      return rank != other.rank ? rank > other.rank : place > other.place;
    }
  };
  using Queue = std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>>;

  void offer(const Workspace& work, std::int32_t left, Queue& queue) const {
    if (left < 0) return;
    const Workspace::Symbol& symbol = work.symbols[static_cast<std::size_t>(left)];
    if (symbol.next < 0) return;
    const auto& merge =
        merges_.find(symbol.id, work.symbols[static_cast<std::size_t>(symbol.next)].id);
    if (merge.rank != UINT32_MAX) queue.push({merge.rank, left, merge.joined});
  }
  // Does the merge unless the symbols have changed since it was found.
  void take(Workspace& work, const Candidate& top, Queue& queue) const {
    const Workspace::Symbol& symbol = work.symbols[static_cast<std::size_t>(top.place)];
    if (symbol.length == 0 || symbol.next < 0) return;
    const auto& merge =
        merges_.find(symbol.id, work.symbols[static_cast<std::size_t>(symbol.next)].id);
    if (merge.rank == UINT32_MAX || merge.joined != top.joined) return;
    join(work.symbols, top.place, top.joined);
    offer(work, symbol.previous, queue);
    offer(work, top.place, queue);
  }

  // For texts without blanks: a queue of pairs.
  void merge_many(Workspace& work) const {
    Queue queue;
    for (std::size_t i = 0; i < work.symbols.size(); ++i)
      offer(work, static_cast<std::int32_t>(i), queue);
    while (!queue.empty()) {
      const Candidate top = queue.top();
      queue.pop();
      take(work, top, queue);
    }
  }
  // Some merges are passed over until the next one is done.
  void merge_with_dropout(Workspace& work) const {
    Queue queue;
    std::vector<Candidate> passed;
    for (std::size_t i = 0; i < work.symbols.size(); ++i)
      offer(work, static_cast<std::int32_t>(i), queue);
    while (!queue.empty()) {
      const Candidate top = queue.top();
      queue.pop();
      if (work.draws.next() < drops_) {
        passed.push_back(top);
        continue;
      }
      for (const Candidate& again : passed) queue.push(again);
      passed.clear();
      take(work, top, queue);
    }
  }

  Vocabulary vocabulary_;
  MergeTable merges_;
  BpeOptions options_;
  double drops_ = 0;
  std::optional<std::uint32_t> unknown_;
  std::array<std::optional<std::uint32_t>, 256> fallback_;
  bool takes_bytes_ = false;
  std::array<std::uint32_t, 256> bytes_{};
};

void Bpe::write(std::string& out) const {
  const auto text = [&](const std::optional<std::string>& value) {
    return value ? in_quotes(*value) : "null";
  };
  const auto truth = [](bool value) { return value ? "true" : "false"; };
  out += R"({"type":"BPE","dropout":)";
  out += options_.dropout ? number_text(*options_.dropout) : "null";
  out += ",\"unk_token\":" + text(options_.unk_token);
  out += ",\"continuing_subword_prefix\":" + text(options_.continuing_subword_prefix);
  out += ",\"end_of_word_suffix\":" + text(options_.end_of_word_suffix);
  out += std::string(",\"fuse_unk\":") + truth(options_.fuse_unk);
  out += std::string(",\"byte_fallback\":") + truth(options_.byte_fallback);
  out += std::string(",\"ignore_merges\":") + truth(options_.ignore_merges);
  out += ",\"vocab\":";
  vocabulary_.write(out);
  std::vector<MergeTable::Entry> merges;
  for (const MergeTable::Entry& entry : merges_.entries())
    if (entry.rank != UINT32_MAX) merges.push_back(entry);
  std::ranges::sort(merges, {}, &MergeTable::Entry::rank);
  out += ",\"merges\":[";
  for (std::size_t i = 0; i < merges.size(); ++i)
    out += std::string(i > 0 ? "," : "") + "[" +
           in_quotes(*vocabulary_.token(static_cast<std::uint32_t>(merges[i].pair >> 32))) + "," +
           in_quotes(*vocabulary_.token(static_cast<std::uint32_t>(merges[i].pair))) + "]";
  out += "]}";
}

}  // namespace

Merge find_merge(const Vocabulary& vocabulary, const BpeOptions& options, const std::string& left,
                 const std::string& right, const std::string& path) {
  const std::string prefix = options.continuing_subword_prefix.value_or("");
  const auto find = [&](const std::string& token) {
    const std::uint32_t* id = vocabulary.id(token);
    if (!id)
      throw FormatError({.operation = "BPE",
                         .problem = "a merge needs a token that is not in the vocabulary",
                         .received = {{"in", path},
                                      {"merge", in_quotes(left) + " " + in_quotes(right)},
                                      {"missing", in_quotes(token)}},
                         .expected = "both tokens and what they make in the vocabulary"});
    return *id;
  };
  const std::uint32_t left_id = find(left), right_id = find(right);
  return {left_id, right_id, find(left + right.substr(std::min(prefix.size(), right.size())))};
}

std::unique_ptr<Model> make_bpe(Vocabulary vocabulary, std::vector<Merge> merges,
                                BpeOptions options) {
  return std::make_unique<Bpe>(std::move(vocabulary), merges, std::move(options));
}

std::unique_ptr<Model> read_bpe(const Field& field) {
  BpeOptions options;
  if (const auto dropout = field.find("dropout")) {
    options.dropout = dropout->number();
    if (!(*options.dropout >= 0 && *options.dropout <= 1))
      dropout->fail("dropout out of range", "a number from 0 to 1");
  }
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const auto member = field.find(name);
    if (!member) return std::nullopt;
    return member->text();
  };
  options.unk_token = text("unk_token");
  options.continuing_subword_prefix = text("continuing_subword_prefix");
  options.end_of_word_suffix = text("end_of_word_suffix");
  options.fuse_unk = field.boolean_or("fuse_unk", false);
  options.byte_fallback = field.boolean_or("byte_fallback", false);
  options.ignore_merges = field.boolean_or("ignore_merges", false);
  Vocabulary vocabulary = Vocabulary::read(field["vocab"]);
  std::vector<Merge> merges;
  // Two texts, or in old files one with a blank between them.
  for (const Field& merge : field["merges"].elements()) {
    std::string left, right;
    if (merge.is_text()) {
      const std::string both = merge.text();
      if (both.starts_with("#version")) continue;
      const std::size_t blank = both.find(' ');
      if (blank == std::string::npos || both.find(' ', blank + 1) != std::string::npos)
        merge.fail("not a merge", "two tokens with a blank between them");
      left = both.substr(0, blank), right = both.substr(blank + 1);
    } else {
      const std::vector<Field> pair = merge.elements();
      if (pair.size() != 2) merge.fail("not a merge", "two tokens");
      left = pair[0].text(), right = pair[1].text();
    }
    merges.push_back(find_merge(vocabulary, options, left, right, merge.path()));
    merges.back().rank = static_cast<std::uint32_t>(merges.size() - 1);
  }
  return make_bpe(std::move(vocabulary), std::move(merges), std::move(options));
}

}  // namespace fathom::text
