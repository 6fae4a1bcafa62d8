// Wrong command lines and hostile files: each row is a line of shell, the exit code that must come
// and the one message on standard error, word by word. One row, one fault.
#pragma once
#include <span>

#include "tests/cli/program.h"

namespace fathom::test {

struct CliFault {
  const char* name;
  const char* line;  ///< $fathom is the program
  int code;
  const char* text;
};

/// Checks the outcome of a line: its exit code, and that it says this and nothing else.
void check_message(const std::string& name, const Outcome& outcome, int code,
                   const std::string& text);
/// Runs every row in a folder of its own, which holds what make_files() makes and what `prepare`, a
/// line of shell, leaves.
void check_rows(std::span<const CliFault> rows, const char* prepare = "");
/// The files that rows damage: model.safetensors, labels.idx, picture.png, notes.txt.
void make_files(const TemporaryFolder& folder);

}  // namespace fathom::test
