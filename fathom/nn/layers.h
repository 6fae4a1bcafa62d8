// Layers: values with public fields, callable as Tensor -> Tensor. Names, arguments, initial values
// and state-dict keys are those of torch.nn.
#pragma once
#include "fathom/nn/activation.h"
#include "fathom/nn/adaptive_softmax.h"
#include "fathom/nn/conv.h"
#include "fathom/nn/distance.h"
#include "fathom/nn/dropout.h"
#include "fathom/nn/embedding.h"
#include "fathom/nn/linear.h"
#include "fathom/nn/linear_loss.h"
#include "fathom/nn/loss.h"
#include "fathom/nn/norm.h"
#include "fathom/nn/padding.h"
#include "fathom/nn/shape.h"
