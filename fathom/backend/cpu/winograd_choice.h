// Which convolutions are computed by Winograd's minimal filtering, and with which tiles.
#pragma once
#include <optional>
#include <string_view>

#include "fathom/backend/cpu/conv_winograd.h"

namespace fathom::cpu {

/// `automatic` asks what a convolution costs either way; the others hold for all that can be
/// computed so.
enum class Winograd : int { automatic, off, two, four };

/// What the environment variable FATHOM_WINOGRAD says, read once: 0 or off, 2, 4; automatic if it
/// is unset or empty. Errors: ValueError for anything else.
Winograd winograd();

/// "automatic", "off", "F(2x2)" or "F(4x4)".
std::string_view name(Winograd choice);

/// Makes winograd() return `choice` from now on, for plans that are yet to be made. For tests and
/// benchmarks.
void set_winograd_for_test(Winograd choice);

/// How a convolution of f32, or its gradient by the input, is cut into tiles; none if it is
/// computed directly. Depends on the shapes of one picture alone: the bits of a result do not
/// depend on how many there are.
std::optional<WinogradConv> choose_winograd(const backend::ConvGeometry& g, bool backward_input);

}  // namespace fathom::cpu
