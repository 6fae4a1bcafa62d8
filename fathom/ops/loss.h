// Losses: how far predictions are from targets, as one number or one for each row or element.
// Names, options and defaults are those of torch.nn.functional. B batch, C classes.
//
// Errors    ShapeError and DTypeError for operands that do not fit, ValueError for an option out
//           of its range
#pragma once
#include "fathom/ops/loss_classes.h"
#include "fathom/ops/loss_distance.h"
#include "fathom/ops/loss_margin.h"
#include "fathom/ops/loss_regression.h"
#include "fathom/ops/loss_truth.h"
