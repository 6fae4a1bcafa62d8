// The `fathom` program: finds the subcommand and turns every failure into one clear message.
//
// Exit codes: 0 done; 1 the work failed; 2 the command line makes no sense.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "fathom/cli/command.h"
#include "fathom/core/error.h"

/// In place of libstdc++'s, which prints mangled names and brings 50 KB along: main() catches all.
void __gnu_cxx::__verbose_terminate_handler() { std::abort(); }

namespace fathom::cli {
namespace {

void print_help() {
  std::printf("Fathom: deep learning in C++\n\nUsage: fathom COMMAND [OPTIONS]\n\nCommands:\n");
  for (const Command* command : commands())
    std::printf("  %-10.*s %.*s\n", static_cast<int>(command->name.size()), command->name.data(),
                static_cast<int>(command->summary.size()), command->summary.data());
  std::printf(
      "\n`fathom COMMAND --help` explains a command and shows an example.\n"
      "Environment: FATHOM_DATA (folder of data sets), FATHOM_THREADS, FATHOM_ISA (avx2, "
      "avx512).\n");
}

const Command& find(const std::string& name) {
  if (name.empty()) throw UsageError("the command must not be empty");
  std::vector<std::string> names;
  for (const Command* command : commands()) {
    if (command->name == name) return *command;
    names.emplace_back(command->name);
  }
  const bool option = name.starts_with("-");
  if (option) names = {"--help", "--version"};
  const std::string near = nearest(name, names);
  throw UsageError("unknown " + std::string(option ? "option " : "command ") + name +
                   (near.empty() ? "" : "; did you mean " + near + "?"));
}

/// Refuses words beyond so many.
void require_no_more(const std::vector<std::string>& words, std::size_t most) {
  if (words.size() > most) throw UsageError("unexpected argument '" + words[most] + "'");
}

int run(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    // `fathom help train` is what many try first.
    if (words.size() > 1 && words[0] == "help") {
      require_no_more(words, 2);
      parse(find(words[1]), std::vector<std::string>{"--help"});
      return 0;
    }
    require_no_more(words, 1);
    print_help();
    return 0;
  }
  if (words[0] == "--version") {
    require_no_more(words, 1);
    std::printf("fathom %s\n", std::string(version()).c_str());
    return 0;
  }
  const Command& command = find(words[0]);
  try {
    const Action action = parse(command, std::span(words).subspan(1));
    return action ? action() : 0;
  } catch (const UsageError& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "fathom %s: %s\n  see: fathom %s --help\n", words[0].c_str(), error.what(),
                 words[0].c_str());
    return 2;
  }
}

/// A stream that is closed (`fathom train >&-`) would give its number to the next file that is
/// opened, and what is printed would go into that. What stands in its place refuses to be written.
void hold_closed_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/// What was printed must have arrived: a full disk behind `> file` is an error like any other.
int finish(int code) {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return code;
  if (errno == EPIPE) return code;  // the reader has seen enough: `fathom info | head -1`
  std::fprintf(stderr, "fathom: standard output: %s\n", std::strerror(errno));
  return code == 0 ? 1 : code;
}

int guarded_main(const std::vector<std::string>& words) {
  try {
    return finish(run(words));
  } catch (const UsageError& error) {
    std::fprintf(stderr, "fathom: %s\n  see: fathom --help\n", error.what());
    return 2;
  } catch (const std::bad_alloc&) {
    std::fflush(stdout);
    std::fprintf(stderr, "fathom: out of memory\n");
  } catch (Error& error) {
    // The line of source is of this program's, which is none of the user's.
    error.change([](ErrorInfo info) {
      info.where.clear();
      return info;
    });
    std::fflush(stdout);
    std::fprintf(stderr, "fathom: %s\n", error.what());
  } catch (const std::exception& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "fathom: %s\n", error.what());
  }
  return 1;
}

}  // namespace
}  // namespace fathom::cli

int main(int argc, char** argv) {
  // A reader that goes away must not end a training run; finish() reports what could not be
  // written.
  std::signal(SIGPIPE, SIG_IGN);
  fathom::cli::hold_closed_streams();
  return fathom::cli::guarded_main({argv + 1, argv + argc});
}
