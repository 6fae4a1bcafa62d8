// Runs the built program as a user would, through a shell.
#pragma once
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "fathom/io/file.h"
#include "tests/contains.h"
#include "tests/io/support.h"

namespace fathom::test {

struct Outcome {
  int code = 0;  ///< the exit code; 128 + n if signal n ended it
  std::string out, err;
};

/// The path of the built program.
inline std::string program() {
  const char* given = std::getenv("FATHOM_PROGRAM");
  return given ? given : FATHOM_TEST_PROGRAM;
}

/// Runs a line of shell in `folder`; $fathom is the program. The output is kept outside of the
/// folder, so that a fault may fill or lock it.
inline Outcome run_shell(const std::string& line, const TemporaryFolder& folder) {
  static const TemporaryFolder logs;
  const std::string script = logs / "script.sh", out = logs / "out", err = logs / "err";
  io::write_atomically(script, "cd '" + folder.path().string() + "' || exit 99\nfathom='" +
                                   program() + "'\n" + line + "\n");
  const int status = std::system(("sh '" + script + "' >'" + out + "' 2>'" + err + "'").c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, io::read_text(out), io::read_text(err)};
}

/// Starts a line of shell that ends in `exec`, and ends its process by SIGKILL after a while.
/// Whether it was still there to be killed.
inline bool run_and_kill(const std::string& line, std::chrono::microseconds after) {
  const char* arguments[] = {"sh", "-c", line.c_str(), nullptr};
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, "/bin/sh", nullptr, nullptr, const_cast<char**>(arguments),
                      environ) == 0);
  std::this_thread::sleep_for(after);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

}  // namespace fathom::test
