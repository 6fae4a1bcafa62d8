// Private to pickle.cpp: the machine that a pickle is a program for: its bytes, its stack, its memo
// and what the instructions do to them. Which instruction has which code stands in pickle.cpp.
#pragma once
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

#include "fathom/io/pickle.h"

namespace fathom::io::detail {

inline constexpr std::size_t max_pickle_bytes = std::size_t{64} << 20;
inline constexpr std::size_t free_copies = std::size_t{1} << 20;

/// Goes through a pickle once. Errors: as read_pickle.
class Unpickler {
 public:
  using Kind = PickleNode::Kind;

  Unpickler(ByteView bytes, const std::string& source)
      : bytes_(bytes.first(std::min(bytes.size(), max_pickle_bytes))),
        cut_(bytes_.size() < bytes.size()),
        budget_(bytes_.size() + free_copies),
        source_(source) {
    pickle_.nodes.emplace_back();  // None
  }

  Pickle run() {
    while (!step(byte())) {
    }
    pickle_.root = pop();
    pickle_.bytes = at_;
    return std::move(pickle_);
  }

 private:
  [[noreturn]] void bad(const std::string& problem, const std::string& hint = "") const {
    bad_pickle(source_, problem, at_, hint);
  }

  // ---- bytes -------------------------------------------------------------------------------
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - at_)
      bad(cut_ ? "more than 64 MiB of pickle" : "the pickle ends early",
          cut_ ? "" : "was the file cut off or damaged?");
    const std::string_view part(reinterpret_cast<const char*>(bytes_.data()) + at_, count);
    at_ += count;
    return part;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  std::uint64_t number(int size) {
    const std::string_view part = take(static_cast<std::uint64_t>(size));
    std::uint64_t value = 0;
    for (int i = 0; i < size; ++i)
      value |= std::uint64_t{static_cast<std::uint8_t>(part[i])} << (8 * i);
    return value;
  }
  std::string_view line() {
    const auto* first = reinterpret_cast<const char*>(bytes_.data()) + at_;
    const void* end = std::memchr(first, '\n', bytes_.size() - at_);
    if (!end) bad("a line that does not end");
    const std::string_view text = take(static_cast<const char*>(end) - first);
    take(1);
    return text;
  }

  // ---- values ------------------------------------------------------------------------------
  PickleId add(Kind kind) {
    if (pickle_.nodes.size() == max_pickle_nodes)
      refuse_pickle(source_, "more than 4 million values in a pickle", "");
    pickle_.nodes.emplace_back().kind = kind;
    return static_cast<PickleId>(pickle_.nodes.size() - 1);
  }
  PickleNode& node(PickleId id) { return pickle_.nodes[id]; }
  void push(PickleId id) { stack_.push_back(id); }
  void push_text(Kind kind, std::string_view text) {
    const PickleId id = add(kind);
    node(id).text = text;
    push(id);
  }
  void push_integer(std::int64_t value, Kind kind = Kind::integer) {
    const PickleId id = add(kind);
    node(id).integer = value;
    push(id);
  }
  void push_real(double value) {
    const PickleId id = add(Kind::real);
    node(id).real = value;
    push(id);
  }
  // A whole number of any size, two's complement.
  void push_long(std::string_view little) {
    if (little.size() > 8) {
      push_text(Kind::integer, "a number of " + std::to_string(little.size()) + " bytes: ");
      constexpr char digits[] = "0123456789abcdef";
      std::string& text = node(stack_.back()).text;
      for (std::size_t i = std::min<std::size_t>(little.size(), 32); i-- > 0;)
        text += {digits[(little[i] >> 4) & 15], digits[little[i] & 15]};
      return;
    }
    std::uint64_t value = !little.empty() && (little.back() & 0x80) ? ~std::uint64_t{0} : 0;
    for (std::size_t i = little.size(); i-- > 0;)
      value = value << 8 | static_cast<std::uint8_t>(little[i]);
    push_integer(static_cast<std::int64_t>(value));
  }
  void push_decimal(std::string_view text) {
    if (text.ends_with('L')) text.remove_suffix(1);
    if (text == "00" || text == "01") return push_integer(text == "01", Kind::boolean);
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [last, code] = std::from_chars(text.data(), end, value);
    if (code == std::errc::result_out_of_range) return push_text(Kind::integer, text);
    if (code != std::errc() || last != end) bad("not a whole number");
    push_integer(value);
  }
  PickleId pop() {
    if (stack_.empty() || (!marks_.empty() && stack_.size() == marks_.back()))
      bad("an instruction that finds nothing on the stack", "is this file a pickle?");
    const PickleId id = stack_.back();
    stack_.pop_back();
    return id;
  }
  PickleId top() {
    const PickleId id = pop();
    push(id);
    return id;
  }
  std::vector<PickleId> pop_mark() {
    if (marks_.empty()) bad("an instruction that finds no mark", "is this file a pickle?");
    const auto from = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleId> items(from, stack_.end());
    stack_.erase(from, stack_.end());
    marks_.pop_back();
    return items;
  }
  void push_items(Kind kind, std::vector<PickleId> items) {
    if (kind == Kind::dict && items.size() % 2 != 0) bad("a key without a value");
    const PickleId id = add(kind);
    node(id).items = std::move(items);
    push(id);
  }
  void push_tuple_of(int count) {
    std::vector<PickleId> items(static_cast<std::size_t>(count));
    for (int i = count; i-- > 0;) items[static_cast<std::size_t>(i)] = pop();
    push_items(Kind::tuple, std::move(items));
  }
  // What APPENDS and SETITEMS do; a record keeps what its class would take.
  void append(PickleId to, const std::vector<PickleId>& items, bool pairs) {
    PickleNode& target = node(to);
    const bool fits = target.kind == Kind::record || target.kind == Kind::tensor ||
                      target.kind == (pairs ? Kind::dict : Kind::list);
    if (!fits || (pairs && items.size() % 2 != 0)) bad("items for a value that takes none");
    if (target.kind == Kind::tensor) return;
    if (target.kind == Kind::record) {  // its items are its arguments: a container of its own
      const PickleId own =
          target.state != 0 && node(target.state).kind == (pairs ? Kind::dict : Kind::list)
              ? target.state
              : add(pairs ? Kind::dict : Kind::list);
      node(to).state = own;
      node(own).items.insert(node(own).items.end(), items.begin(), items.end());
      return;
    }
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  // ---- names and calls ---------------------------------------------------------------------
  void push_name(std::string_view module, std::string_view attribute) {
    std::string full = std::string(module) + "." + std::string(attribute);
    check_name(full, source_);
    push_text(Kind::name, full);
  }
  void call(PickleId function, PickleId arguments) {
    if (node(arguments).kind != Kind::tuple) bad("a call whose arguments are no tuple");
    push(call_by_name(pickle_, function, arguments, source_,
                      [this](std::size_t bytes) { charge(bytes); }));
    if (pickle_.nodes.size() > max_pickle_nodes)
      refuse_pickle(source_, "more than 4 million values in a pickle", "");
  }
  void charge(std::size_t bytes) {
    if (bytes > budget_) bad("copies of copies", "this file was made to exhaust memory");
    budget_ -= bytes;
  }
  void new_object(PickleId type, PickleId arguments) {
    if (node(type).kind != Kind::name) bad("an object of what is no class");
    const PickleId id = add(Kind::record);
    node(id).text = node(type).text;
    charge(node(id).text.size() / 8);  // names are short and each object has bytes of its own
    if (node(arguments).kind == Kind::tuple) {
      charge(node(arguments).items.size() * sizeof(PickleId) / 8);
      node(id).items = node(arguments).items;
    }
    push(id);
  }
  void call_marked(bool named) {
    std::vector<PickleId> items = pop_mark();
    PickleId function = 0;
    if (named) {
      const std::string_view module = line();
      push_name(module, line());
      function = pop();
    } else if (!items.empty()) {
      function = items.front();
      items.erase(items.begin());
    } else {
      bad("an object of no class");
    }
    push_items(Kind::tuple, std::move(items));
    call(function, pop());
  }
  void build() {
    const PickleId state = pop(), id = top();
    const Kind kind = node(id).kind;
    if (kind != Kind::record && kind != Kind::dict && kind != Kind::list && kind != Kind::tensor)
      bad("a state for a value that takes none");
    const PickleId own = node(id).state;
    if (own == 0) {
      node(id).state = state;
    } else if (node(own).kind == Kind::dict && node(state).kind == Kind::dict && own != state) {
      charge(node(state).items.size() * sizeof(PickleId));
      node(own).items.insert(node(own).items.end(), node(state).items.begin(),
                             node(state).items.end());
    } else {  // items of its own kind, and attributes
      const PickleId both = add(Kind::tuple);
      node(both).items = {own, state};
      node(id).state = both;
    }
  }

  // ---- memo --------------------------------------------------------------------------------
  void put(std::uint64_t place) {
    if (memo_.size() == max_pickle_nodes)
      refuse_pickle(source_, "more than 4 million values in a pickle", "");
    memo_[place] = top();
  }
  void get(std::uint64_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) bad("a value that was never kept");
    if (stack_.size() > bytes_.size()) bad("a stack larger than the pickle");
    push(found->second);
  }
  std::uint64_t place_in_text() {
    const std::string_view text = line();
    std::uint64_t place = 0;
    const char* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, place).ptr != end || text.empty())
      bad("not a place in the memo");
    return place;
  }

  void push_float_text() {
    const std::string text(line());
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0') bad("not a number");
    push_real(value);
  }
  void push_float_bytes() {
    const std::string_view big = take(8);
    std::uint64_t bits = 0;
    for (const char c : big) bits = bits << 8 | static_cast<std::uint8_t>(c);
    double value = 0;
    std::memcpy(&value, &bits, 8);
    push_real(value);
  }
  void push_quoted() {
    std::string_view text = line();
    if (text.size() < 2 || text.front() != text.back() || (text[0] != '\'' && text[0] != '"'))
      bad("a text without quotes");
    text.remove_prefix(1), text.remove_suffix(1);
    push_text(Kind::text, text);
  }
  void push_persistent(PickleId stands_for) {
    // A class that comes with its source: ("module", class, file, source).
    const PickleNode& pid = node(stands_for);
    if (pid.kind == Kind::tuple && pid.items.size() >= 2 && node(pid.items[0]).text == "module" &&
        node(pid.items[1]).kind == Kind::name)
      return push(pid.items[1]);
    push_items(Kind::persistent, {stands_for});
  }
  [[noreturn]] void unsupported(const std::string& what) const {
    refuse_pickle(source_, what, "", "save the file again with torch.save");
  }

  bool step(std::uint8_t code);
  bool step_binary(std::uint8_t code);

  ByteView bytes_;
  bool cut_;
  std::size_t at_ = 0, budget_;
  const std::string& source_;
  Pickle pickle_;
  std::vector<PickleId> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, PickleId> memo_;
};

}  // namespace fathom::io::detail
