// Reshape, Permute, Expand, Slice, Place, Concat and After: the same elements elsewhere, of any
// type.
#include <cstring>

#include "fathom/backend/reference/primitive.h"
#include "fathom/ops/join.h"
#include "fathom/ops/shape.h"

namespace fathom::reference {
namespace {

/// out[i] = x[map(i)].
void gather(const Call& call, const IndexMap& map) {
  with_size(call.out_dtype(), [&]<class T>(T) {
    const T* x = call.in<T>(0);
    T* y = call.out<T>();
    for (std::int64_t i = 0; i < map.shape.size(); ++i) y[i] = x[map.at(i)];
  });
}

void run_reshape(const Call& call) {
  const std::size_t bytes = call.outputs[0].spec->bytes();
  if (bytes > 0) std::memcpy(call.outputs[0].data, call.inputs[0].data, bytes);
}

void run_permute(const Call& call) {
  const Shape& order = call.attributes<op::Permute>().order;
  const IndexMap x = IndexMap::of(call.shape(0));
  IndexMap map{call.out_shape()};
  for (int i = 0; i < order.rank(); ++i)
    map.stride[static_cast<std::size_t>(i)] = x.stride[static_cast<std::size_t>(order[i])];
  gather(call, map);
}

void run_expand(const Call& call) {
  gather(call, IndexMap::broadcast(call.shape(0), call.out_shape()));
}

/// Element i of an axis is element start + i * step of a tensor of shape `whole`.
IndexMap stepped(const Shape& whole, const Shape& part, const op::Counts& start,
                 const op::Counts& step) {
  const IndexMap all = IndexMap::of(whole);
  IndexMap map{part};
  for (std::size_t i = 0; i < static_cast<std::size_t>(part.rank()); ++i) {
    map.offset += start[i] * all.stride[i];
    map.stride[i] = step[i] * all.stride[i];
  }
  return map;
}

void run_slice(const Call& call) {
  const auto& a = call.attributes<op::Slice>();
  gather(call, stepped(call.shape(0), a.shape, a.start, a.step));
}

void run_place(const Call& call) {
  const auto& a = call.attributes<op::Place>();
  const IndexMap map = stepped(a.shape, call.shape(0), a.start, a.step);
  with_size(call.out_dtype(), [&]<class T>(T) {
    const T* x = call.in<T>(0);
    const T rest = *call.in<T>(1);
    T* y = call.out<T>();
    for (std::int64_t i = 0; i < a.shape.size(); ++i) y[i] = rest;
    for (std::int64_t i = 0; i < map.shape.size(); ++i) y[map.at(i)] = x[i];
  });
}

void run_concat(const Call& call) {
  const int axis = call.attributes<op::Concat>().axis;
  const AxisSplit out(call.out_shape(), axis);
  with_size(call.out_dtype(), [&]<class T>(T) {
    std::int64_t start = 0;
    for (int part = 0; part < static_cast<int>(call.inputs.size()); ++part) {
      const std::int64_t run = call.shape(part)[axis] * out.inner;
      for (std::int64_t o = 0; o < out.outer; ++o)
        for (std::int64_t i = 0; i < run; ++i)
          call.out<T>()[o * out.extent * out.inner + start + i] = call.in<T>(part)[o * run + i];
      start += run;
    }
  });
}

constexpr Primitive movement_table[] = {
    {&graph::op_tag<op::Reshape>, serves_all, run_reshape},
    {&graph::op_tag<op::Permute>, serves_all, run_permute},
    {&graph::op_tag<op::Expand>, serves_all, run_expand},
    {&graph::op_tag<op::Slice>, serves_all, run_slice},
    {&graph::op_tag<op::Place>, serves_all, run_place},
    {&graph::op_tag<op::Concat>, serves_all, run_concat},
    {&graph::op_tag<op::After>, serves_all, run_reshape},
};

}  // namespace

std::span<const Primitive> movement_primitives() { return movement_table; }

}  // namespace fathom::reference
