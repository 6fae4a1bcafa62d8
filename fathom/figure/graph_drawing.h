// Draws a lowered graph as boxes and arrows, from inputs on top to outputs at the bottom.
#pragma once
#include <string>

#include "fathom/core/where.h"
#include "fathom/graph/program.h"

namespace fathom::figure {

/// Writes ".svg" or ".png", by the path's extension, atomically: a box for each input and
/// instruction with its result's type and shape, an arrow from each value to each of its readers.
/// Results of the program have a strong border. Errors: IoError; ValueError for another extension.
void save_graph(const graph::Program& program, const std::string& title, const std::string& path,
                Where where = Where::current());

}  // namespace fathom::figure
