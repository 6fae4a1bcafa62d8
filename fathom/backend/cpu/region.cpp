#include "fathom/backend/cpu/region.h"
#include "fathom/backend/cpu/kernels.h"

#include <algorithm>
#include <cstring>

#include "fathom/backend/cpu/fetch.h"
#include "fathom/backend/cpu/isa.h"
#include "fathom/backend/cpu/pool.h"
#include "fathom/core/with_type.h"

namespace fathom::cpu {
namespace {

// Work below this many block-operations is not worth waking another thread for.
constexpr std::int64_t parallel_threshold = 128;
constexpr std::int64_t blocks_per_task = 16;
constexpr std::int64_t span = blocks_per_task * block_size;  // what a turned load reads at once

/// Whether elements side by side lie in many lines of the source, which hold the next rows, too.
bool lies_across(const CollapsedMap& map) {
  const int inner = map.rank - 1;
  return inner > 0 && map.stride[inner - 1] == 1 && map.stride[inner] > 1 &&
         map.extent[inner] > 8 && map.extent[inner - 1] > 1;
}

void write_places(DType dtype, std::int64_t first, std::int64_t n, std::int64_t inner,
                  std::int64_t extent, void* out) {
  with_type(dtype, [&]<class T>(T) {
    T* y = static_cast<T*>(out);
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t place = (first + i) / inner % extent;
      if constexpr (std::is_arithmetic_v<T>)
        y[i] = static_cast<T>(place);
      else
        y[i] = T(static_cast<float>(place));
    }
  });
}

class Region final : public ElementStep {
 public:
  using Load = RegionBuilder::Load;
  using LoadKind = RegionBuilder::LoadKind;
  struct Call {
    int which, type;
    BlockFunction (*choose)(const ElementwiseKernels&, int, int);
    int out, a, b, c;
  };
  struct Store {
    int reg;
    graph::ValueId buffer;
    int element_size;
  };

  std::int64_t size;
  int registers;
  int scratch_registers;
  int widest_element = 1;  // bytes
  int turned_loads = 0;
  std::vector<int> scratch_slot;  // per register: its block of scratch, or -1
  std::vector<Load> loads;
  std::vector<Call> calls;
  std::vector<Store> stores;
  std::string text;
  std::vector<std::pair<graph::ValueId, int>> overwrites;  // (input, position of the output)

  std::string describe() const override { return text; }

  bool may_overwrite(graph::ValueId input, int output) const override {
    return std::find(overwrites.begin(), overwrites.end(), std::pair(input, output)) !=
           overwrites.end();
  }

  void run(Buffers buffers) const override {
    const std::int64_t blocks = (size + block_size - 1) / block_size;
    const std::int64_t work = blocks * static_cast<std::int64_t>(calls.size() + loads.size());
    if (work < parallel_threshold) {
      run_elements(buffers, 0, size);
      return;
    }
    const std::int64_t tasks = (blocks + blocks_per_task - 1) / blocks_per_task;
    parallel_for(tasks, [&](std::int64_t task) {
      const std::int64_t first = task * span;
      run_elements(buffers, first, std::min(span, size - first));
    });
  }

  void run_elements(Buffers buffers, std::int64_t begin, std::int64_t count) const override {
    const ElementwiseKernels& k = elementwise();
    alignas(64) char few[24 * block_size * 4];
    std::vector<char> many;
    const std::int64_t widest = std::min(block_size, count);
    const std::size_t slot = (static_cast<std::size_t>(widest * widest_element) + 63) / 64 * 64;
    char* memory = few;
    if (slot * static_cast<std::size_t>(scratch_registers) > sizeof few) {
      many.resize(slot * static_cast<std::size_t>(scratch_registers) + 64);
      memory = many.data() + (64 - reinterpret_cast<std::uintptr_t>(many.data()) % 64) % 64;
    }
    const std::size_t turned_slot =
        (static_cast<std::size_t>(std::min(span, count) * widest_element) + 63) / 64 * 64;
    std::vector<char> turned(turned_slot * static_cast<std::size_t>(turned_loads));
    char* registers_at[max_registers];
    for (int r = 0; r < registers; ++r)
      if (const int s = scratch_slot[static_cast<std::size_t>(r)]; s >= 0)
        registers_at[r] = memory + slot * static_cast<std::size_t>(s);
    BlockFunction functions[max_registers];
    for (std::size_t i = 0; i < calls.size(); ++i)
      functions[i] = calls[i].choose(k, calls[i].which, calls[i].type);
    for (const Load& load : loads) {
      if (load.kind == LoadKind::uniform)
        k.fill(buffers[static_cast<std::size_t>(load.buffer)] + load.offset * load.element_size,
               load.element_size, widest, registers_at[load.reg]);
      else if (load.kind == LoadKind::constant)
        k.fill(&load.bits, load.element_size, widest, registers_at[load.reg]);
    }
    for (std::int64_t first = begin; first < begin + count; first += block_size) {
      const std::int64_t n = std::min(block_size, begin + count - first);
      char* turned_at = turned.data();
      for (const Load& load : loads) {
        if (load.kind == LoadKind::flat) {
          registers_at[load.reg] =
              buffers[static_cast<std::size_t>(load.buffer)] + first * load.element_size;
        } else if (load.kind == LoadKind::turned) {
          registers_at[load.reg] = turned_at + (first - begin) % span * load.element_size;
          if ((first - begin) % span == 0)
            k.gather(source_of(buffers, load), load.element_size, first,
                     std::min(span, begin + count - first), registers_at[load.reg]);
          turned_at += turned_slot;
        } else if (load.kind == LoadKind::strided) {
          k.gather(source_of(buffers, load), load.element_size, first, n, registers_at[load.reg]);
        } else if (load.kind == LoadKind::iota) {
          write_places(load.dtype, first, n, load.inner, load.extent, registers_at[load.reg]);
        }
      }
      for (const Store& store : stores)
        registers_at[store.reg] =
            buffers[static_cast<std::size_t>(store.buffer)] + first * store.element_size;
      for (std::size_t i = 0; i < calls.size(); ++i) {
        const Call& c = calls[i];
        functions[i](registers_at[c.a], registers_at[c.b], registers_at[c.c], registers_at[c.out],
                     n);
      }
    }
  }

  std::optional<Tail> as_tail(graph::ValueId value) const override {
    const DType dtype = loads.empty() ? DType::u8 : loads[0].dtype;
    if (stores.size() != 1 || (dtype != DType::f32 && dtype != DType::f64)) return std::nullopt;
    int now = -1;  // the register that the tail has come to
    Tail tail;
    int other = -1;
    for (const Load& load : loads) {
      if (load.kind != LoadKind::flat || load.dtype != dtype) return std::nullopt;
      if (load.buffer == value) {
        now = load.reg;
      } else {
        other = load.reg;
        tail.addend = load.buffer;
      }
    }
    const auto is = [&](const Call& c, int function) {
      return c.choose == &block_function && c.which == function &&
             c.type == static_cast<int>(dtype);
    };
    std::size_t done = 0;
    if (other >= 0) {
      const Call& sum = calls[done++];
      const bool of_both = (sum.a == now && sum.b == other) || (sum.a == other && sum.b == now);
      if (loads.size() != 2 || !is(sum, fn::id_of<fn::Add>) || !of_both) return std::nullopt;
      now = sum.out;
    }
    if (done < calls.size() && is(calls[done], fn::id_of<fn::Relu>) && calls[done].a == now) {
      tail.relu = true;
      now = calls[done++].out;
    }
    if (now < 0 || done != calls.size() || stores[0].reg != now) return std::nullopt;
    return tail;
  }

  void fetch_elements(Buffers buffers, std::int64_t first, std::int64_t count) const override {
    count = std::min(count, size - first);
    for (const Load& load : loads) {
      if (load.kind != LoadKind::flat) continue;
      fetch(buffers[static_cast<std::size_t>(load.buffer)] + first * load.element_size,
            count * load.element_size);
    }
  }

 private:
  static constexpr int max_registers = 512;

  static StridedSource source_of(Buffers buffers, const Load& load) {
    return {buffers[static_cast<std::size_t>(load.buffer)] + load.offset * load.element_size,
            load.map.rank, load.map.extent, load.map.stride};
  }
};

}  // namespace

int RegionBuilder::load(const View& view, DType dtype) {
  const auto element = static_cast<int>(size_of(dtype));
  Load load{LoadKind::strided, -1, view.buffer, element, view.offset,
            collapse(view),    0,  dtype,       1,       1};
  if (view.contiguous())
    load.kind = LoadKind::flat;
  else if (view.uniform())
    load.kind = LoadKind::uniform;
  else if (lies_across(load.map))
    load.kind = LoadKind::turned;
  for (const Load& l : loads_) {
    if (l.buffer != load.buffer || l.kind != load.kind || l.offset != load.offset ||
        l.map.rank != load.map.rank)
      continue;
    const auto n = static_cast<std::size_t>(l.map.rank);
    if (std::equal(l.map.extent, l.map.extent + n, load.map.extent) &&
        std::equal(l.map.stride, l.map.stride + n, load.map.stride))
      return l.reg;
  }
  load.reg = new_register();
  loads_.push_back(load);
  return load.reg;
}

int RegionBuilder::constant(const op::Full& full) {
  std::uint64_t bits = 0;
  const auto put = [&](auto v) { std::memcpy(&bits, &v, sizeof v); };
  switch (full.dtype) {
    case DType::f32:
      put(static_cast<float>(full.value));
      break;
    case DType::f64:
      put(full.value);
      break;
    case DType::i64:
      put(full.integer);
      break;
    case DType::i32:
      put(static_cast<std::int32_t>(full.integer));
      break;
    case DType::f16:
      put(float16(static_cast<float>(full.value)));
      break;
    case DType::bf16:
      put(bfloat16(static_cast<float>(full.value)));
      break;
    case DType::boolean:
      put(full.value != 0);
      break;
    default:
      put(static_cast<std::int8_t>(full.integer));
      break;
  }
  for (const Load& l : loads_)
    if (l.kind == LoadKind::constant && l.bits == bits && l.dtype == full.dtype) return l.reg;
  const int reg = new_register();
  loads_.push_back({LoadKind::constant,
                    reg,
                    -1,
                    static_cast<int>(size_of(full.dtype)),
                    0,
                    {},
                    bits,
                    full.dtype,
                    1,
                    1});
  return reg;
}

int RegionBuilder::iota(const op::Iota& iota) {
  std::int64_t inner = 1;
  for (int i = iota.axis + 1; i < iota.shape.rank(); ++i) inner *= iota.shape[i];
  const int reg = new_register();
  loads_.push_back({LoadKind::iota,
                    reg,
                    -1,
                    static_cast<int>(size_of(iota.dtype)),
                    0,
                    {},
                    0,
                    iota.dtype,
                    inner,
                    iota.shape[iota.axis]});
  return reg;
}

int RegionBuilder::apply(BlockFunction (*choose)(const ElementwiseKernels&, int, int), int which,
                         int type, std::initializer_list<int> operands, graph::ValueId value,
                         const graph::Spec& spec, std::string name) {
  const int* o = operands.begin();
  const int a = o[0];
  const int b = operands.size() > 1 ? o[1] : a;
  const int c = operands.size() > 2 ? o[2] : a;
  const int out = new_register();
  operations_.push_back({choose, which, type, out, a, b, c, value,
                         static_cast<int>(size_of(spec.dtype)), std::move(name)});
  return out;
}

int RegionBuilder::register_of(graph::ValueId value) const {
  for (const Operation& o : operations_)
    if (o.value == value) return o.out;
  return -1;
}

std::unique_ptr<ElementStep> RegionBuilder::build(const std::vector<bool>& stored) {
  auto region = std::make_unique<Region>();
  region->size = size_;
  region->loads = loads_;
  region->registers = registers_;
  for (const Load& l : loads_)
    region->widest_element = std::max(region->widest_element, l.element_size);
  for (const Operation& o : operations_)
    region->widest_element = std::max(region->widest_element, o.element_size);
  std::vector<int> last_use(static_cast<std::size_t>(registers_), -1);
  for (std::size_t i = 0; i < operations_.size(); ++i)
    for (int r : {operations_[i].a, operations_[i].b, operations_[i].c})
      last_use[static_cast<std::size_t>(r)] = static_cast<int>(i);

  // Registers that live in scratch: loads that are made there for the whole run or block, and
  // values that do not reach memory; the latter share slots when their lives do not overlap.
  region->scratch_slot.assign(static_cast<std::size_t>(registers_), -1);
  std::vector<int> free_slots;
  int slots = 0;
  for (const Load& l : loads_) {
    if (l.kind == LoadKind::turned)
      ++region->turned_loads;
    else if (l.kind != LoadKind::flat)
      region->scratch_slot[static_cast<std::size_t>(l.reg)] = slots++;
    if (l.buffer >= 0 &&
        std::find(region->reads.begin(), region->reads.end(), l.buffer) == region->reads.end())
      region->reads.push_back(l.buffer);
  }
  std::vector<int> ends;  // computed registers now in a slot
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    const Operation& o = operations_[i];
    region->calls.push_back({o.which, o.type, o.choose, o.out, o.a, o.b, o.c});
    if (!region->text.empty()) region->text += " ";
    region->text += o.name;
    if (stored[static_cast<std::size_t>(o.value)]) {
      region->stores.push_back({o.out, o.value, o.element_size});
      region->writes.push_back(o.value);
    } else {
      int slot;
      if (free_slots.empty()) {
        slot = slots++;
      } else {
        slot = free_slots.back();
        free_slots.pop_back();
      }
      region->scratch_slot[static_cast<std::size_t>(o.out)] = slot;
      ends.push_back(o.out);
    }
    for (std::size_t e = 0; e < ends.size();) {
      if (last_use[static_cast<std::size_t>(ends[e])] <= static_cast<int>(i)) {
        free_slots.push_back(region->scratch_slot[static_cast<std::size_t>(ends[e])]);
        ends.erase(ends.begin() + static_cast<std::ptrdiff_t>(e));
      } else {
        ++e;
      }
    }
  }
  region->scratch_registers = slots;
  // An output may overwrite an input that is only read element by element, and not after the write.
  for (const Load& l : loads_) {
    if (l.buffer < 0 || l.kind != LoadKind::flat) continue;
    bool only_flat = true;
    for (const Load& other : loads_)
      only_flat = only_flat && (other.buffer != l.buffer || other.reg == l.reg);
    if (!only_flat) continue;
    int output = 0;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const Operation& o = operations_[i];
      if (!stored[static_cast<std::size_t>(o.value)]) continue;
      if (last_use[static_cast<std::size_t>(l.reg)] <= static_cast<int>(i) &&
          o.element_size == l.element_size)
        region->overwrites.emplace_back(l.buffer, output);
      ++output;
    }
  }
  region->text = "region " + std::to_string(size_) + " [" + region->text + "]";
  return region;
}

}  // namespace fathom::cpu
