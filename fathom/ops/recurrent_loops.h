// What recurrent operations mean: by plain loops, on every backend in f64 and on the reference
// backend in f32; and step by step in simple operations. Internal.
#pragma once
#include <span>
#include <vector>

#include "fathom/graph/host.h"
#include "fathom/ops/recurrent.h"

namespace fathom::ops {

void run_recurrent(const op::Recurrent& a, const graph::HostCall& c);
void run_recurrent_backward(const op::RecurrentBackward& a, const graph::HostCall& c);

/// What the gradient of a backward node is made of.
std::vector<Tensor> unrolled_recurrent_backward(const op::RecurrentBackward& a,
                                                std::span<const Tensor> in);

}  // namespace fathom::ops
