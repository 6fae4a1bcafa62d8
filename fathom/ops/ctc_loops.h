// What CTC's operations compute, sequence by sequence, on every backend. Internal.
#pragma once
#include "fathom/graph/host.h"
#include "fathom/ops/loss_ctc.h"

namespace fathom::ops {

void run_ctc_loss(const op::CtcLoss& a, const graph::HostCall& c);
void run_ctc_loss_backward(const op::CtcLossBackward& a, const graph::HostCall& c);

}  // namespace fathom::ops
