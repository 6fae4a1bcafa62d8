// Runs the built program as a user would, through a shell.
#pragma once
#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "fathom/io/file.h"
#include "tests/io/support.h"

namespace fathom::test {

struct Outcome {
  int code = 0;  ///< the exit code; 128 + n if signal n ended it
  std::string out, err;
};

/// Runs a line of shell in `folder`; $fathom is the program. The output is kept outside of the
/// folder, so that a fault may fill or lock it.
inline Outcome run_shell(const std::string& line, const TemporaryFolder& folder) {
  static const TemporaryFolder logs;
  const char* program = std::getenv("FATHOM_PROGRAM");
  const std::string script = logs / "script.sh", out = logs / "out", err = logs / "err";
  io::write_atomically(script, "cd '" + folder.path().string() + "' || exit 99\nfathom='" +
                                   (program ? program : FATHOM_TEST_PROGRAM) + "'\n" + line + "\n");
  const int status = std::system(("sh '" + script + "' >'" + out + "' 2>'" + err + "'").c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, io::read_text(out), io::read_text(err)};
}

}  // namespace fathom::test
