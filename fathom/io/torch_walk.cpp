// From what was pickled to named tensors and plain values.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>

#include "fathom/core/error.h"
#include "fathom/io/torch_file.h"

namespace fathom::io::detail {
namespace {

using Kind = PickleNode::Kind;

constexpr int most_levels = 200;
constexpr std::size_t most_visits = std::size_t{1} << 22;
constexpr std::size_t most_name_bytes = std::size_t{64} << 20;

struct TorchType {
  std::string_view storage, dtype;
  Stored type;
};
constexpr TorchType torch_types[] = {{"DoubleStorage", "float64", Stored::f64},
                                     {"FloatStorage", "float32", Stored::f32},
                                     {"HalfStorage", "float16", Stored::f16},
                                     {"BFloat16Storage", "bfloat16", Stored::bf16},
                                     {"LongStorage", "int64", Stored::i64},
                                     {"IntStorage", "int32", Stored::i32},
                                     {"ShortStorage", "int16", Stored::i16},
                                     {"CharStorage", "int8", Stored::i8},
                                     {"ByteStorage", "uint8", Stored::u8},
                                     {"BoolStorage", "bool", Stored::boolean},
                                     {"UntypedStorage", "", Stored::u8},
                                     {"", "uint16", Stored::u16},
                                     {"", "uint32", Stored::u32},
                                     {"", "uint64", Stored::u64}};

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

class TorchWalk {
 public:
  TorchWalk(const Pickle& pickle, const std::string& path, TensorFile& file)
      : pickle_(pickle), path_(path), file_(file) {}

  TorchContents run() {
    // All storages: a legacy file has the numbers of those too that no weight uses.
    for (PickleId id = 0; id < pickle_.nodes.size(); ++id)
      if (node(id).kind == Kind::persistent) storage_of(id, "(a storage)");
    visit(pickle_.root, "", 0);
    find_wrapper();
    return std::move(contents_);
  }

 private:
  const PickleNode& node(PickleId id) const { return pickle_[id]; }

  [[noreturn]] void bad(const std::string& problem, const std::string& name,
                        const std::string& expected = "", const std::string& hint = "") const {
    throw FormatError({.operation = "torch",
                       .problem = problem,
                       .received = {{"path", path_},
                                    {"at", name.size() > 60 ? name.substr(0, 60) + "..." : name}},
                       .expected = expected,
                       .hint = hint});
  }

  // ---- names -------------------------------------------------------------------------------
  static std::string below(const std::string& name, const std::string& key) {
    return name.empty() ? key : name + "." + key;
  }
  std::string key_text(PickleId id, std::size_t place) const {
    const PickleNode& key = node(id);
    if (key.kind == Kind::text || key.kind == Kind::name) return key.text;
    if (key.kind == Kind::integer || key.kind == Kind::boolean)
      return key.text.empty() ? std::to_string(key.integer) : key.text;
    return "#" + std::to_string(place);
  }
  void count(const std::string& name) {
    name_bytes_ += name.size();
    if (++visits_ > most_visits || name_bytes_ > most_name_bytes)
      bad("more values than a file of weights has", name, "at most 4 million",
          "this file was made to exhaust memory");
  }
  void add_value(const std::string& name, PlainValue value) {
    file_.values.emplace_back(name, std::move(value));
  }
  void claim(const std::string& name) {
    if (!names_.insert(name).second) bad("two tensors of one name", name, "names that differ");
  }

  // ---- values ------------------------------------------------------------------------------
  void visit(PickleId id, const std::string& name, int level) {
    count(name);
    if (level > most_levels)
      bad("a value that contains itself, or nests too deep", name, "at most 200 levels");
    const PickleNode& value = node(id);
    switch (value.kind) {
      case Kind::none:
        return add_value(name, {});
      case Kind::boolean:
        return add_value(name, value.integer != 0);
      case Kind::integer:
        if (!value.text.empty()) return add_value(name, value.text);
        return add_value(name, value.integer);
      case Kind::real:
        return add_value(name, value.real);
      case Kind::text:
        return add_value(name, value.text);
      case Kind::bytes:
        return add_value(name, std::to_string(value.text.size()) + " bytes");
      case Kind::name:
        return add_value(name, "<" + value.text + ">");
      case Kind::persistent:
        return add_value(name, "<a storage>");
      case Kind::tuple:
      case Kind::list:
        return visit_items(value, name, level);
      case Kind::dict:
        return visit_pairs(value, name, level);
      case Kind::tensor:
        return add_tensor(id, name.empty() ? "tensor" : name);
      case Kind::record:
        return visit_record(id, name, level);
    }
  }
  void visit_items(const PickleNode& list, const std::string& name, int level) {
    for (std::size_t i = 0; i < list.items.size(); ++i)
      visit(list.items[i], below(name, std::to_string(i)), level + 1);
  }
  void visit_pairs(const PickleNode& dict, const std::string& name, int level) {
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2)
      visit(dict.items[i + 1], below(name, key_text(dict.items[i], i / 2)), level + 1);
  }
  void visit_record(PickleId id, const std::string& name, int level) {
    const PickleNode& record = node(id);
    const std::string_view type = last_part(record.text);
    if (record.text.starts_with("numpy.") && (type == "_reconstruct" || type == "_frombuffer"))
      return add_array(record, name.empty() ? "array" : name);
    if (record.text.starts_with("numpy.") && type == "scalar") return add_scalar(record, name);
    if (pickle_.find(record.state, "_modules") != 0 &&
        pickle_.find(record.state, "_parameters") != 0) {
      file_.notes.push_back((name.empty() ? "the file" : name) + " is a pickled " + record.text +
                            ": its parameters and buffers were taken, nothing was executed");
      return visit_module(id, name, level);
    }
    if (record.state != 0) return visit(record.state, name, level + 1);
    if (!record.items.empty()) return visit_items(record, name, level);
    add_value(name, "<" + record.text + ">");
  }
  // An nn.Module: what its state_dict() would give.
  void visit_module(PickleId id, const std::string& name, int level) {
    count(name);
    if (level > most_levels)
      bad("a module that contains itself, or nests too deep", name, "at most 200 levels");
    const PickleId state = node(id).state;
    const PickleId transient = pickle_.find(state, "_non_persistent_buffers_set");
    for (const std::string_view kind : {"_parameters", "_buffers"}) {
      const PickleNode& dict = node(pickle_.find(state, kind));
      for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
        const std::string key = key_text(dict.items[i], i / 2);
        if (node(dict.items[i + 1]).kind == Kind::tensor &&
            (kind == "_parameters" || !contains(transient, key)))
          add_tensor(dict.items[i + 1], below(name, key));
      }
    }
    const PickleNode& modules = node(pickle_.find(state, "_modules"));
    for (std::size_t i = 0; i + 1 < modules.items.size(); i += 2)
      if (node(modules.items[i + 1]).kind == Kind::record)
        visit_module(modules.items[i + 1], below(name, key_text(modules.items[i], i / 2)),
                     level + 1);
  }
  bool contains(PickleId set, const std::string& key) const {
    return std::ranges::any_of(node(set).items,
                               [&](PickleId item) { return node(item).text == key; });
  }

  // ---- tensors -----------------------------------------------------------------------------
  [[noreturn]] void no_type(const std::string& name, const std::string& type) const {
    throw UnsupportedError({.operation = "torch",
                            .problem = "no tensor of this element type",
                            .received = {{"path", path_}, {"tensor", name}, {"dtype", type}},
                            .expected = "floating, whole or truth numbers of 8 to 64 bits",
                            .hint = "convert this tensor in the program that wrote it"});
  }
  std::vector<std::int64_t> numbers(PickleId id, const std::string& name) const {
    const PickleNode& tuple = node(id);
    if (tuple.kind != Kind::tuple && tuple.kind != Kind::list)
      bad("a tensor without extents", name);
    if (tuple.items.size() > Shape::max_rank)
      throw UnsupportedError({.operation = "torch",
                              .problem = "too many axes",
                              .received = {{"path", path_},
                                           {"tensor", name},
                                           {"axes", std::to_string(tuple.items.size())}},
                              .expected = "at most 8 axes"});
    std::vector<std::int64_t> values;
    for (const PickleId item : tuple.items) values.push_back(whole(item, name));
    return values;
  }
  std::int64_t whole(PickleId id, const std::string& name) const {
    if (node(id).kind != Kind::integer || !node(id).text.empty() || node(id).integer < 0)
      bad("not a count", name, "a whole number from 0");
    return node(id).integer;
  }
  // ("storage", type, key, device, count[, (view key, offset, count)])
  TorchTensor storage_of(PickleId id, const std::string& name) {
    const PickleNode& outside = node(id);
    const PickleNode& pid = node(outside.items.empty() ? 0 : outside.items[0]);
    if (outside.kind != Kind::persistent || pid.kind != Kind::tuple || pid.items.size() < 5 ||
        node(pid.items[0]).text != "storage" || node(pid.items[1]).kind != Kind::name)
      bad("a tensor without a storage", name);
    const std::string& type_name = node(pid.items[1]).text;
    const auto* type = std::ranges::find(torch_types, last_part(type_name), &TorchType::storage);
    if (type == std::end(torch_types) || type->storage.empty()) no_type(name, type_name);
    TorchTensor tensor{.name = name, .storage = key_text(pid.items[2], 0)};
    tensor.array.type = type->type;
    const auto bytes = bytes_of(std::vector{whole(pid.items[4], name)}, size_of(type->type));
    if (!bytes) bad("a storage that no file holds", name);
    const auto [known, added] =
        contents_.storages.try_emplace(tensor.storage, TorchStorage{type->type, *bytes});
    if (!added && (known->second.bytes != *bytes || known->second.type != type->type))
      bad("a storage of two sizes", name);
    if (pid.items.size() > 5 && node(pid.items[5]).items.size() == 3)
      tensor.offset = static_cast<std::uint64_t>(whole(node(pid.items[5]).items[1], name));
    return tensor;
  }
  void add_tensor(PickleId id, const std::string& name) {
    count(name);
    const std::vector<PickleId>& parts = node(id).items;
    TorchTensor tensor = storage_of(parts[0], name);
    const std::vector<std::int64_t> extents = numbers(parts[2], name);
    tensor.array.strides = numbers(parts[3], name);
    if (extents.size() != tensor.array.strides.size() || !bytes_of(extents, 8))
      bad("a shape that no file fills", name, "as many strides as extents");
    tensor.array.shape = Shape(extents);
    if (parts.size() > 4) {
      const std::string& dtype = node(parts[4]).text;
      const auto* type = std::ranges::find(torch_types, last_part(dtype), &TorchType::dtype);
      if (type == std::end(torch_types) || type->dtype.empty()) no_type(name, dtype);
      tensor.array.type = type->type;
    }
    if (__builtin_add_overflow(tensor.offset, static_cast<std::uint64_t>(whole(parts[1], name)),
                               &tensor.offset))
      bad("a tensor beyond its storage", name);
    claim(name);
    contents_.tensors.push_back(std::move(tensor));
  }

  // ---- NumPy's -----------------------------------------------------------------------------
  // dtype("f4", False, True), then the state (3, "<", ...).
  Stored array_type(PickleId id, const std::string& name) const {
    const PickleNode& dtype = node(id);
    const std::string code =
        dtype.kind == Kind::record && !dtype.items.empty() ? node(dtype.items[0]).text : "";
    const std::vector<PickleId>& state = node(dtype.state).items;
    if (state.size() > 1 && node(state[1]).text == ">") no_type(name, "big-endian " + code);
    constexpr std::pair<std::string_view, Stored> codes[] = {
        {"f8", Stored::f64}, {"f4", Stored::f32}, {"f2", Stored::f16}, {"i8", Stored::i64},
        {"i4", Stored::i32}, {"i2", Stored::i16}, {"i1", Stored::i8},  {"u8", Stored::u64},
        {"u4", Stored::u32}, {"u2", Stored::u16}, {"u1", Stored::u8},  {"b1", Stored::boolean}};
    for (const auto& [known, type] : codes)
      if (known == code) return type;
    no_type(name, "NumPy's " + code);
  }
  // _reconstruct(...), then the state (1, extents, dtype, column-major, bytes); since protocol 5
  // _frombuffer(bytes, dtype, extents, "C" or "F").
  void add_array(const PickleNode& record, const std::string& name) {
    const bool in_state = record.text.ends_with("_reconstruct");
    const std::vector<PickleId>& parts = in_state ? node(record.state).items : record.items;
    const std::size_t at = in_state ? 4 : 0;
    if (parts.size() != (in_state ? 5 : 4) || node(parts[at]).kind != Kind::bytes)
      return add_value(name, "<" + record.text + ">");
    StoredArray array{array_type(parts[in_state ? 2 : 1], name), {}, {}};
    const std::vector<std::int64_t> extents = numbers(parts[in_state ? 1 : 2], name);
    const std::string& bytes = node(parts[at]).text;
    const bool columns = node(parts[3]).integer != 0 || node(parts[3]).text == "F";
    if (bytes_of(extents, size_of(array.type)) != bytes.size())
      bad("an array whose numbers do not fill its shape", name);
    array.shape = Shape(extents);
    array.strides = columns ? column_major(array.shape) : row_major(array.shape);
    name_bytes_ += bytes.size();
    claim(name);
    file_.tensors.emplace_back(name,
                               tensor_of(array, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                         {"torch", path_, name}));
  }
  // scalar(dtype, bytes)
  void add_scalar(const PickleNode& record, const std::string& name) {
    if (record.items.size() != 2) return add_value(name, "<" + record.text + ">");
    const Stored type = array_type(record.items[0], name);
    const std::string& bytes = node(record.items[1]).text;
    if (bytes.size() != size_of(type)) bad("a number of the wrong size", name);
    const Tensor number =
        tensor_of({type, Shape{}, {}}, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                  {"torch", path_, name});
    if (type == Stored::boolean) return add_value(name, number.item<bool>());
    if (is_floating(number.dtype())) return add_value(name, number.item<double>());
    add_value(name, number.item<std::int64_t>());
  }

  // ---- the wrapper -------------------------------------------------------------------------
  void find_wrapper() {
    const PickleNode& root = node(pickle_.root);
    if (root.kind != Kind::dict) return;
    for (std::size_t i = 1; i < root.items.size(); i += 2)
      if (node(root.items[i]).kind == Kind::tensor) return;
    for (const char* key :
         {"state_dict", "model_state_dict", "model", "net", "network", "weights", "params"}) {
      if (pickle_.find(pickle_.root, key) == 0) continue;
      const std::string start = std::string(key) + ".";
      const auto inside = [&](const TorchTensor& t) { return t.name.starts_with(start); };
      if (!std::ranges::any_of(contents_.tensors, inside)) continue;
      file_.wrapper = key;
      return;
    }
  }

  const Pickle& pickle_;
  const std::string& path_;
  TensorFile& file_;
  TorchContents contents_;
  std::set<std::string> names_;
  std::size_t visits_ = 0, name_bytes_ = 0;
};

}  // namespace

TorchContents walk_torch(const Pickle& pickle, const std::string& path, TensorFile& file) {
  return TorchWalk(pickle, path, file).run();
}

}  // namespace fathom::io::detail
