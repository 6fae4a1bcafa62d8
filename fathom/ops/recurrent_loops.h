// Recurrent layers by plain loops: what the operations mean, on every backend in f64 and on the
// reference backend in f32. Internal.
#pragma once
#include "fathom/graph/host.h"
#include "fathom/ops/recurrent.h"

namespace fathom::ops {

void run_recurrent(const op::Recurrent& a, const graph::HostCall& c);
void run_recurrent_backward(const op::RecurrentBackward& a, const graph::HostCall& c);

}  // namespace fathom::ops
