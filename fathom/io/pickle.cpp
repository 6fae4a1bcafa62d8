// The instructions of a pickle by their codes.
#include "fathom/io/pickle.h"

#include "fathom/core/error.h"
#include "fathom/io/pickle_machine.h"

namespace fathom::io::detail {

// The instructions of protocols 0 and 1 and what all share; true at the end.
bool Unpickler::step(std::uint8_t code) {
  switch (code) {
    case '.':
      return true;
    case '(':
      marks_.push_back(stack_.size());
      break;
    case '0':
      if (!marks_.empty() && marks_.back() == stack_.size())
        marks_.pop_back();
      else
        pop();
      break;
    case '1':
      pop_mark();
      break;
    case '2':
      push(top());
      break;
    case 'N':
      push(0);
      break;
    case 'I':
    case 'L':
      push_decimal(line());
      break;
    case 'J':
      push_integer(static_cast<std::int32_t>(number(4)));
      break;
    case 'K':
      push_integer(static_cast<std::int64_t>(number(1)));
      break;
    case 'M':
      push_integer(static_cast<std::int64_t>(number(2)));
      break;
    case 'F':
      push_float_text();
      break;
    case 'G':
      push_float_bytes();
      break;
    case 'S':
      push_quoted();
      break;
    case 'T':
      push_text(Kind::text, take(number(4)));
      break;
    case 'U':
      push_text(Kind::text, take(number(1)));
      break;
    case 'V':
      push_text(Kind::text, line());
      break;
    case 'X':
      push_text(Kind::text, take(number(4)));
      break;
    case ')':
      push_items(Kind::tuple, {});
      break;
    case ']':
      push_items(Kind::list, {});
      break;
    case '}':
      push_items(Kind::dict, {});
      break;
    case 't':
      push_items(Kind::tuple, pop_mark());
      break;
    case 'l':
      push_items(Kind::list, pop_mark());
      break;
    case 'd':
      push_items(Kind::dict, pop_mark());
      break;
    case 'a': {
      const PickleId item = pop();
      append(top(), {item}, false);
      break;
    }
    case 'e': {
      const std::vector<PickleId> items = pop_mark();
      append(top(), items, false);
      break;
    }
    case 's': {
      const PickleId value = pop(), key = pop();
      append(top(), {key, value}, true);
      break;
    }
    case 'u': {
      const std::vector<PickleId> items = pop_mark();
      append(top(), items, true);
      break;
    }
    case 'c': {
      const std::string_view module = line();
      push_name(module, line());
      break;
    }
    case 'R': {
      const PickleId arguments = pop();
      call(pop(), arguments);
      break;
    }
    case 'i':
      call_marked(true);
      break;
    case 'o':
      call_marked(false);
      break;
    case 'b':
      build();
      break;
    case 'P':
      push_text(Kind::text, line());
      push_persistent(pop());
      break;
    case 'Q':
      push_persistent(pop());
      break;
    case 'p':
      put(place_in_text());
      break;
    case 'q':
      put(number(1));
      break;
    case 'r':
      put(number(4));
      break;
    case 'g':
      get(place_in_text());
      break;
    case 'h':
      get(number(1));
      break;
    case 'j':
      get(number(4));
      break;
    default:
      return step_binary(code);
  }
  return false;
}

// What protocols 2 to 5 added.
bool Unpickler::step_binary(std::uint8_t code) {
  switch (code) {
    case 0x80:  // PROTO
      if (number(1) > 5) unsupported("a pickle of a protocol above 5");
      break;
    case 0x81: {  // NEWOBJ
      const PickleId arguments = pop();
      new_object(pop(), arguments);
      break;
    }
    case 0x92: {  // NEWOBJ_EX
      pop();
      const PickleId arguments = pop();
      new_object(pop(), arguments);
      break;
    }
    case 0x82:
    case 0x83:
    case 0x84:
      unsupported("a class by its number in Python's registry of extensions");
    case 0x85:
    case 0x86:
    case 0x87:  // TUPLE1 to TUPLE3
      push_tuple_of(code - 0x84);
      break;
    case 0x88:
    case 0x89:  // NEWTRUE, NEWFALSE
      push_integer(code == 0x88, Kind::boolean);
      break;
    case 0x8a:  // LONG1
      push_long(take(number(1)));
      break;
    case 0x8b:  // LONG4
      push_long(take(number(4)));
      break;
    case 'B':  // BINBYTES
      push_text(Kind::bytes, take(number(4)));
      break;
    case 'C':  // SHORT_BINBYTES
      push_text(Kind::bytes, take(number(1)));
      break;
    case 0x8c:  // SHORT_BINUNICODE
      push_text(Kind::text, take(number(1)));
      break;
    case 0x8d:  // BINUNICODE8
      push_text(Kind::text, take(number(8)));
      break;
    case 0x8e:  // BINBYTES8
    case 0x96:  // BYTEARRAY8
      push_text(Kind::bytes, take(number(8)));
      break;
    case 0x8f:  // EMPTY_SET
      push_items(Kind::list, {});
      break;
    case 0x90: {  // ADDITEMS
      const std::vector<PickleId> items = pop_mark();
      append(top(), items, false);
      break;
    }
    case 0x91:  // FROZENSET
      push_items(Kind::list, pop_mark());
      break;
    case 0x93: {  // STACK_GLOBAL
      const PickleId attribute = pop(), module = pop();
      if (node(attribute).kind != Kind::text || node(module).kind != Kind::text)
        bad("a name that is no text");
      charge((node(attribute).text.size() + node(module).text.size()) / 8);
      push_name(std::string(node(module).text), std::string(node(attribute).text));
      break;
    }
    case 0x94:  // MEMOIZE
      put(memo_.size());
      break;
    case 0x95:  // FRAME: pieces of the stream, which is all here
      number(8);
      break;
    case 0x97:
    case 0x98:
      unsupported("a buffer from outside of the pickle");
    default:
      bad("an unknown instruction", "is this file a pickle?");
  }
  return false;
}

PickleId Pickle::find(PickleId dict, std::string_view key) const {
  const std::vector<PickleId>& items = nodes[dict].items;
  if (nodes[dict].kind != PickleNode::Kind::dict) return 0;
  for (std::size_t i = items.size(); i >= 2; i -= 2) {
    const PickleNode& name = nodes[items[i - 2]];
    if (name.kind == PickleNode::Kind::text && name.text == key) return items[i - 1];
  }
  return 0;
}

Pickle read_pickle(ByteView bytes, const std::string& source) {
  return Unpickler(bytes, source).run();
}

void bad_pickle(const std::string& source, const std::string& problem, std::size_t at,
                const std::string& hint) {
  throw FormatError({.operation = "pickle",
                     .problem = problem,
                     .received = {{"path", source}, {"at byte", std::to_string(at)}},
                     .hint = hint});
}

void refuse_pickle(const std::string& source, const std::string& problem, const std::string& name,
                   const std::string& hint) {
  ErrorInfo info{
      .operation = "pickle", .problem = problem, .received = {{"path", source}}, .hint = hint};
  if (!name.empty()) info.received.emplace_back("name", name);
  throw UnsupportedError(std::move(info));
}

}  // namespace fathom::io::detail
