// `fathom new NAME`: a small CMake project that finds the installed library, trains and draws.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "fathom/cli/command.h"
#include "fathom/core/embed.h"
#include "fathom/core/error.h"
#include "fathom/io/file.h"

FATHOM_EMBED(new_cmake, FATHOM_NEW_PROJECT "/CMakeLists.txt");
FATHOM_EMBED(new_main, FATHOM_NEW_PROJECT "/main.cpp");
FATHOM_EMBED(new_readme, FATHOM_NEW_PROJECT "/README.md");
FATHOM_EMBED(new_ignore, FATHOM_NEW_PROJECT "/gitignore");

namespace fathom::cli::new_command {
namespace {

namespace fs = std::filesystem;

struct File {
  const char* name;
  std::span<const unsigned char> bytes;
};

/// The name becomes a program, a CMake target and a folder: CMake's own targets and what lies
/// beside the program in its build folder are no names.
void check_name(const std::string& name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), good) ||
      name[0] == '-' || (name[0] >= '0' && name[0] <= '9'))
    throw UsageError(fmt::format(
        "NAME must begin with a letter and have no more than 64 letters, digits, - and _, got '{}'",
        name));
  static const char* const taken[] = {"all",
                                      "ALL_BUILD",
                                      "clean",
                                      "CMakeFiles",
                                      "depend",
                                      "edit_cache",
                                      "fathom",
                                      "Fathom",
                                      "help",
                                      "install",
                                      "list_install_components",
                                      "package",
                                      "package_source",
                                      "preinstall",
                                      "rebuild_cache",
                                      "RUN_TESTS",
                                      "test",
                                      "Testing",
                                      "ZERO_CHECK"};
  if (std::find(std::begin(taken), std::end(taken), name) != std::end(taken))
    throw UsageError(fmt::format("NAME must be another: a build already has a {}", name));
}

std::string filled(std::span<const unsigned char> bytes, const std::string& name) {
  std::string text(bytes.begin(), bytes.end());
  const std::pair<std::string_view, std::string> places[] = {
      {"{{name}}", name}, {"{{version}}", std::string(version())}};
  for (const auto& [place, value] : places)
    for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos; at += value.size())
      text.replace(at, place.size(), value);
  return text;
}

void write_project(const fs::path& folder, const std::string& name) {
  // mkdir alone tells whether somebody else's folder is there already.
  if (::mkdir(folder.c_str(), 0777) != 0)
    throw IoError({.operation = "new",
                   .problem = errno == EEXIST
                                  ? "there is something of that name already"
                                  : "cannot make the folder: " + std::string(std::strerror(errno)),
                   .received = {{"path", folder.string()}},
                   .hint = errno == EEXIST ? "nothing is overwritten; choose another name" : ""});
  const File files[] = {{"CMakeLists.txt", FATHOM_EMBEDDED(new_cmake)},
                        {"main.cpp", FATHOM_EMBEDDED(new_main)},
                        {"README.md", FATHOM_EMBEDDED(new_readme)},
                        {".gitignore", FATHOM_EMBEDDED(new_ignore)}};
  try {
    for (const File& file : files)
      io::write_atomically(folder / file.name, std::string_view(filled(file.bytes, name)));
  } catch (...) {  // a full disk: leave nothing that stands in the way of a second try
    std::error_code ignored;
    for (const File& file : files) fs::remove(folder / file.name, ignored);
    fs::remove(folder, ignored);
    throw;
  }
}

/// The prefix that this program is installed in; empty if it runs in the folder it was built in.
fs::path prefix() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path root = self.parent_path().parent_path();
  return fs::exists(root / FATHOM_PACKAGE / "FathomConfig.cmake", error) ? root : fs::path();
}

/// Whether CMake looks there by itself: it does beside every bin folder of PATH.
bool is_usual(const fs::path& root) {
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path ? path : ""; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(':'));
    std::error_code error;
    if (fs::equivalent(fs::path(one), root / "bin", error)) return true;
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return false;
}

/// A path as a shell takes it.
std::string quoted(const std::string& path) {
  return path.find(' ') == std::string::npos ? path : '"' + path + '"';
}

int run(const std::string& wanted) {
  const fs::path folder = fs::path(wanted).lexically_normal();
  const std::string name =
      folder.has_filename() ? folder.filename() : folder.parent_path().filename();
  check_name(name);
  write_project(folder, name);
  fs::path root = prefix();
  fmt::print("wrote {}: CMakeLists.txt, main.cpp, README.md, .gitignore\n\nNext:\n", wanted);
  if (root.empty()) {
    root = "$HOME/.local";
    fmt::print("  ./run install {}    # in Fathom's own folder; any prefix will do\n",
               root.string());
  }
  fmt::print("  cd {}\n  cmake -G Ninja -B build{}\n  cmake --build build\n  ./build/{}\n",
             quoted(wanted), is_usual(root) ? "" : " -DCMAKE_PREFIX_PATH=" + quoted(root), name);
  return 0;
}

Action new_project(Options& options) {
  auto wanted = std::make_shared<std::string>();
  options.input("NAME", *wanted, "the project's name, or a path that ends in it", Need::required);
  options.example("fathom new flowers");
  return [wanted] { return run(*wanted); };
}
const Command command(80, "new", "Write a small CMake project of one's own", new_project);

}  // namespace
}  // namespace fathom::cli::new_command
