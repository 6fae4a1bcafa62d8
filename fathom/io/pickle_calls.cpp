// What the calls in a pickle stand for: a table of the functions that PyTorch, NumPy and Python
// itself leave there, none of which runs. Any other call of a function is refused.
#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

#include "fathom/io/pickle.h"

namespace fathom::io::detail {
namespace {

using Kind = PickleNode::Kind;

struct PickleCall {
  Pickle& pickle;
  const std::string& name;
  const std::string& source;
  const std::function<void(std::size_t)>& charge;
  std::vector<PickleId> arguments;

  PickleId argument(std::size_t i) const {
    if (i >= arguments.size()) bad_pickle(source, "too few arguments for " + name, 0);
    return arguments[i];
  }
  PickleId add(Kind kind, std::vector<PickleId> items = {}) const {
    PickleNode node;
    node.kind = kind;
    node.items = std::move(items);
    pickle.nodes.push_back(std::move(node));
    return static_cast<PickleId>(pickle.nodes.size() - 1);
  }
};

using PickleAnswer = PickleId (*)(const PickleCall&);

PickleId first_argument(const PickleCall& call) { return call.argument(0); }

PickleId inert(const PickleCall& call) {
  const PickleId id = call.add(Kind::record, call.arguments);
  call.pickle.nodes[id].text = call.name;
  return id;
}

PickleId a_list(const PickleCall& call) {
  if (call.arguments.empty()) return call.add(Kind::list);
  const PickleNode& from = call.pickle[call.argument(0)];
  if (from.kind != Kind::list && from.kind != Kind::tuple)
    bad_pickle(call.source, call.name + " of what is no list", 0);
  call.charge(from.items.size() * sizeof(PickleId));
  std::vector<PickleId> items = from.items;
  return call.add(Kind::list, std::move(items));
}

// Of nothing, of a dictionary, or of a list of pairs, as Python 2 wrote an OrderedDict.
PickleId a_dict(const PickleCall& call) {
  std::vector<PickleId> items;
  for (const PickleId id : call.arguments) {
    const PickleNode& from = call.pickle[id];
    if (from.kind == Kind::dict) {
      call.charge(from.items.size() * sizeof(PickleId));
      items = from.items;
    }
    if (from.kind != Kind::list) continue;
    call.charge(from.items.size() * 2 * sizeof(PickleId));
    for (const PickleId pair : from.items) {
      if (call.pickle[pair].items.size() != 2)
        bad_pickle(call.source, call.name + " of what are no pairs", 0);
      items.insert(items.end(), call.pickle[pair].items.begin(), call.pickle[pair].items.end());
    }
  }
  return call.add(Kind::dict, std::move(items));
}

// copyreg._reconstructor(class, base, state)
PickleId reconstructed(const PickleCall& call) {
  const PickleNode& type = call.pickle[call.argument(0)];
  if (type.kind != Kind::name) bad_pickle(call.source, "an object of what is no class", 0);
  std::string name = type.text;
  const PickleId id = call.add(Kind::record);
  call.charge(name.size() / 8);
  call.pickle.nodes[id].text = std::move(name);
  return id;
}

// Bytes of a text, each of its characters one byte: how protocol 2 writes bytes.
PickleId encoded(const PickleCall& call) {
  const std::string& text = call.pickle[call.argument(0)].text;
  call.charge(text.size());
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    if (c < 0x80) {
      bytes += text[i];
    } else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size()) {
      bytes += static_cast<char>((c & 3) << 6 | (static_cast<std::uint8_t>(text[++i]) & 0x3f));
    } else {
      bad_pickle(call.source, "a text that is no latin-1", 0);
    }
  }
  const PickleId id = call.add(Kind::bytes);
  call.pickle.nodes[id].text = std::move(bytes);
  return id;
}

// (storage, offset, extents, strides, requires_grad, hooks, ...): v3 has the element type seventh.
PickleId a_tensor(const PickleCall& call) {
  std::vector<PickleId> items{call.argument(0), call.argument(1), call.argument(2),
                              call.argument(3)};
  if (call.name.ends_with("_v3")) items.push_back(call.argument(6));
  return call.add(Kind::tensor, std::move(items));
}

// _rebuild_from_type_v2(function, type, arguments, state): a tensor of a derived class.
PickleId of_a_type(const PickleCall& call) {
  const PickleNode& function = call.pickle[call.argument(0)];
  if (function.kind != Kind::name || function.text == call.name)
    bad_pickle(call.source, "a tensor of an unknown kind", 0);
  return call_by_name(call.pickle, call.argument(0), call.argument(2), call.source, call.charge);
}

struct PickleFunction {
  std::string_view name;
  PickleAnswer answer;
};
constexpr PickleFunction pickle_functions[] = {
    {"collections.OrderedDict", a_dict},
    {"collections.defaultdict", a_dict},
    {"collections.Counter", a_dict},
    {"builtins.dict", a_dict},
    {"__builtin__.dict", a_dict},
    {"collections.deque", a_list},
    {"builtins.list", a_list},
    {"builtins.set", a_list},
    {"builtins.frozenset", a_list},
    {"builtins.tuple", a_list},
    {"__builtin__.list", a_list},
    {"__builtin__.set", a_list},
    {"__builtin__.frozenset", a_list},
    {"__builtin__.tuple", a_list},
    {"builtins.bytearray", inert},
    {"builtins.complex", inert},
    {"__builtin__.complex", inert},
    {"builtins.slice", inert},
    {"builtins.range", inert},
    {"_codecs.encode", encoded},
    {"copyreg._reconstructor", reconstructed},
    {"copy_reg._reconstructor", reconstructed},
    {"datetime.datetime", inert},
    {"datetime.date", inert},
    {"datetime.time", inert},
    {"datetime.timedelta", inert},
    {"functools.partial", inert},
    {"torch.Size", first_argument},
    {"torch.device", inert},
    {"torch.serialization._get_layout", inert},
    {"torch.nn.backends.thnn._get_thnn_function_backend", inert},
    {"torch._utils._rebuild_tensor", a_tensor},
    {"torch._utils._rebuild_tensor_v2", a_tensor},
    {"torch._utils._rebuild_tensor_v3", a_tensor},
    {"torch.nn.parameter.Parameter", first_argument},
    {"torch._utils._rebuild_parameter", first_argument},
    {"torch._utils._rebuild_parameter_with_state", first_argument},
    {"torch._tensor._rebuild_from_type_v2", of_a_type},
    {"torch.jit._pickle.build_intlist", first_argument},
    {"torch.jit._pickle.build_doublelist", first_argument},
    {"torch.jit._pickle.build_boollist", first_argument},
    {"torch.jit._pickle.build_tensorlist", first_argument},
    {"torch.jit._pickle.restore_type_tag", first_argument},
    {"numpy.core.multiarray._reconstruct", inert},
    {"numpy._core.multiarray._reconstruct", inert},
    {"numpy.core.multiarray.scalar", inert},
    {"numpy._core.multiarray.scalar", inert},
    {"numpy.core.numeric._frombuffer", inert},
    {"numpy._core.numeric._frombuffer", inert},
    {"numpy.dtype", inert},
    {"numpy.ndarray", inert},
};

// Modules whose names have no place in a file of data, and the packages of such modules.
constexpr std::string_view acting_modules[] = {"os",
                                               "posix",
                                               "nt",
                                               "posixpath",
                                               "subprocess",
                                               "commands",
                                               "sys",
                                               "importlib",
                                               "imp",
                                               "runpy",
                                               "code",
                                               "codeop",
                                               "ctypes",
                                               "_ctypes",
                                               "socket",
                                               "shutil",
                                               "pty",
                                               "signal",
                                               "webbrowser",
                                               "pickle",
                                               "_pickle",
                                               "cPickle",
                                               "dill",
                                               "joblib",
                                               "marshal",
                                               "operator",
                                               "_operator",
                                               "types",
                                               "inspect",
                                               "threading",
                                               "asyncio",
                                               "pdb",
                                               "bdb",
                                               "profile",
                                               "cProfile",
                                               "timeit",
                                               "platform",
                                               "http",
                                               "urllib",
                                               "urllib2",
                                               "requests",
                                               "ftplib",
                                               "tempfile",
                                               "io",
                                               "_io",
                                               "linecache",
                                               "pip",
                                               "pkgutil",
                                               "pydoc",
                                               "builtins",
                                               "gc",
                                               "atexit",
                                               "concurrent",
                                               "fileinput",
                                               "glob",
                                               "zipimport",
                                               "trace",
                                               "doctest",
                                               "_thread",
                                               "xmlrpc",
                                               "cloudpickle",
                                               "ssl",
                                               "select",
                                               "fcntl",
                                               "mmap",
                                               "resource",
                                               "sched",
                                               "smtplib",
                                               "telnetlib",
                                               "poplib",
                                               "imaplib",
                                               "aiohttp",
                                               "pathos",
                                               "setuptools",
                                               "distutils",
                                               "ensurepip",
                                               "venv",
                                               "unittest",
                                               "test",
                                               "antigravity",
                                               "__builtin__",
                                               "multiprocessing",
                                               "_posixsubprocess"};
// What of them is plain data.
constexpr std::string_view harmless_names[] = {"types.SimpleNamespace", "io.BytesIO"};
constexpr std::string_view harmless_builtins[] = {
    "dict",  "list",   "set",  "frozenset", "tuple",      "bytearray", "complex",       "slice",
    "range", "int",    "long", "unicode",   "basestring", "float",     "bool",          "str",
    "bytes", "object", "type", "None",      "NoneType",   "Ellipsis",  "NotImplemented"};

bool is_class_name(std::string_view name) {
  name.remove_prefix(name.rfind('.') + 1);
  while (name.starts_with('_')) name.remove_prefix(1);
  return !name.empty() && std::isupper(static_cast<unsigned char>(name[0]));
}

}  // namespace

void check_name(const std::string& name, const std::string& source) {
  const std::string_view first = std::string_view(name).substr(0, name.find('.'));
  if (std::ranges::find(acting_modules, first) == std::end(acting_modules)) return;
  if (std::ranges::find(harmless_names, name) != std::end(harmless_names)) return;
  if (first == "builtins" || first == "__builtin__")
    if (std::ranges::find(harmless_builtins, std::string_view(name).substr(first.size() + 1)) !=
        std::end(harmless_builtins))
      return;
  refuse_pickle(source, "a pickle that reaches for a function of Python's", name,
                "nothing was executed; this file is not to be trusted");
}

PickleId call_by_name(Pickle& pickle, PickleId function, PickleId arguments,
                      const std::string& source, const std::function<void(std::size_t)>& charge) {
  if (pickle[function].kind != Kind::name) bad_pickle(source, "a call of what is no function", 0);
  if (pickle[arguments].kind != Kind::tuple)
    bad_pickle(source, "a call whose arguments are no tuple", 0);
  const std::string name = pickle[function].text;
  charge((name.size() + pickle[arguments].items.size() * sizeof(PickleId)) / 8);
  const PickleCall call{pickle, name, source, charge, pickle[arguments].items};
  const auto* known = std::ranges::find(pickle_functions, name, &PickleFunction::name);
  if (known != std::end(pickle_functions)) return known->answer(call);
  if (is_class_name(name) || name.starts_with("numpy.random._pickle.")) return inert(call);
  refuse_pickle(source, "a pickle that calls a function", name,
                "nothing was executed; save the state_dict alone, which calls none of its own");
}

}  // namespace fathom::io::detail
