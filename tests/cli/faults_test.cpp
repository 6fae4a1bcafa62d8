// Wrong command lines and hostile files: each row is a line of shell, the exit code that must come,
// and pieces of the one message on standard error. One row, one fault.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "fathom/fathom.h"
#include "fathom/io/idx.h"
#include "fathom/io/png.h"
#include "fathom/io/safetensors.h"
#include "tests/cli/program.h"

using namespace fathom;
using test::run_shell;

namespace {

struct Fault {
  const char* name;
  const char* line;  // $fathom is the program
  int code;
  std::vector<const char*> texts;
};

const Fault faults[] = {
    // command lines
    {"unknown command",
     "$fathom inspct x",
     2,
     {"unknown command inspct", "did you mean inspect?", "fathom --help"}},
    {"nonsense", "$fathom qqqqqqqq", 2, {"unknown command qqqqqqqq"}},
    {"unknown option of the program",
     "$fathom --verson",
     2,
     {"unknown option --verson", "--version"}},
    {"unknown option",
     "$fathom inspect model.safetensors --jsn",
     2,
     {"unknown option --jsn", "did you mean --json?", "fathom inspect --help"}},
    {"unknown option with a value",
     "$fathom info --thread=4",
     2,
     {"unknown option --thread=4", "did you mean --threads?"}},
    {"missing argument", "$fathom inspect", 2, {"FILE is missing"}},
    {"one argument too many",
     "$fathom inspect model.safetensors other",
     2,
     {"unexpected argument 'other'"}},
    {"no threads",
     "$fathom info --threads 0",
     2,
     {"--threads must be a whole number from 1 to 256, got '0'"}},
    {"negative threads", "$fathom info --threads -3", 2, {"--threads"}},
    {"words for a number", "$fathom info --threads many", 2, {"--threads", "got 'many'"}},
    {"a number with a rest", "$fathom info --threads 2x", 2, {"--threads", "got '2x'"}},
    {"a number beyond all bounds",
     "$fathom info --threads 99999999999999999999",
     2,
     {"--threads", "99999999999999999999"}},
    {"a value that is missing", "$fathom info --threads", 2, {"--threads"}},
    {"unknown example", "$fathom example ch99/nothing", 2, {"ch99/nothing", "lists them"}},
    // the environment
    {"no threads in the environment", "FATHOM_THREADS=0 $fathom info", 1, {"FATHOM_THREADS", "0"}},
    {"unknown instruction set", "FATHOM_ISA=sse9 $fathom info", 1, {"FATHOM_ISA", "sse9", "avx2"}},
    {"standard output is full",
     "$fathom inspect model.safetensors >/dev/full",
     1,
     {"No space left on device"}},
    // files
    {"no such file",
     "$fathom inspect nothing.safetensors",
     1,
     {"nothing.safetensors", "No such file"}},
    {"a folder for a file", "mkdir dir.png && $fathom inspect dir.png", 1, {"dir.png"}},
    {"unknown ending", "$fathom inspect notes.txt", 1, {"notes.txt", ".safetensors"}},
    {"empty safetensors", ": >e.safetensors; $fathom inspect e.safetensors", 1, {"e.safetensors"}},
    {"truncated safetensors",
     "head -c 60 model.safetensors >t.safetensors; $fathom inspect t.safetensors",
     1,
     {"t.safetensors"}},
    {"safetensors without its end",
     "head -c -1 model.safetensors >s.safetensors; $fathom inspect s.safetensors",
     1,
     {"s.safetensors"}},
    {"a header as long as the world",
     "printf '\\377\\377\\377\\377\\377\\377\\377\\177{}' >h.safetensors; $fathom inspect "
     "h.safetensors",
     1,
     {"h.safetensors", "header"}},
    {"a header that is no JSON",
     "printf '\\002\\0\\0\\0\\0\\0\\0\\0xx' >j.safetensors; $fathom inspect j.safetensors",
     1,
     {"j.safetensors"}},
    {"text called safetensors",
     "cp notes.txt n.safetensors; $fathom inspect n.safetensors",
     1,
     {"n.safetensors"}},
    {"truncated idx", "head -c 20 labels.idx >t.idx; $fathom inspect t.idx", 1, {"t.idx"}},
    {"idx with a rest", "{ cat labels.idx; echo; } >r.idx; $fathom inspect r.idx", 1, {"r.idx"}},
    {"text called idx", "cp notes.txt n.idx; $fathom inspect n.idx", 1, {"n.idx"}},
    {"idx that promises terabytes",
     "printf '\\0\\0\\010\\003\\177\\377\\377\\377\\177\\377\\377\\377\\0\\0\\0\\100' >b.idx; "
     "$fathom inspect b.idx",
     1,
     {"b.idx"}},
    {"truncated gzip",
     "gzip -c labels.idx | head -c 30 >g.idx.gz; $fathom inspect g.idx.gz",
     1,
     {"g.idx.gz"}},
    {"rows of unlike lengths",
     "printf '1,2\\n3\\n' >u.csv; $fathom inspect u.csv",
     1,
     {"u.csv", "line: 2"}},
    {"a quote that stays open",
     "printf '1,\"2\\n3,4\\n' >q.csv; $fathom inspect q.csv",
     1,
     {"q.csv", "quote"}},
    {"zero bytes in a table", "printf '1,\\0\\n' >z.csv; $fathom inspect z.csv", 1, {"z.csv"}},
    {"truncated picture", "head -c 50 picture.png >t.png; $fathom inspect t.png", 1, {"t.png"}},
    {"a picture with a damaged part",
     "{ head -c 45 picture.png; echo xxxx; tail -c +50 picture.png; } >d.png; $fathom inspect "
     "d.png",
     1,
     {"d.png"}},
    {"text called png", "cp notes.txt n.png; $fathom inspect n.png", 1, {"n.png"}},
    {"a device for a file",
     "ln -s /dev/zero endless.csv; $fathom inspect endless.csv",
     1,
     {"endless.csv"}},
};

/// The files that rows damage.
void make_files(const test::TemporaryFolder& folder) {
  const std::vector<io::NamedTensor> tensors = {{"weight", ones({4, 3})}, {"bias", zeros({4})}};
  io::save_safetensors(folder / "model.safetensors", tensors, {{"made", "by a test"}});
  io::save_idx(folder / "labels.idx", arange(40, DType::u8));
  io::save_png(folder / "picture.png", zeros({9, 7, 3}, DType::u8));
  io::write_atomically(folder / "notes.txt", std::string_view("nothing that a program reads\n"));
}

void check_message(const Fault& fault, const test::Outcome& outcome) {
  const std::string name = fault.name, &err = outcome.err;
  CHECK_MESSAGE(outcome.code == fault.code, name, ": exit code ", outcome.code, ", not ",
                fault.code, ": ", err);
  CHECK_MESSAGE(err.starts_with("fathom"), name, ": ", err);
  for (const char* bad :
       {"terminate called", "what()", "Segmentation", "core dumped", "Assertion"}) {
    CHECK_MESSAGE(err.find(bad) == std::string::npos, name, ": ", err);
  }
  // One message: its first line, and indented lines that belong to it.
  const auto lines = std::count(err.begin(), err.end(), '\n');
  CHECK_MESSAGE(lines >= 1, name, ": ", err);
  CHECK_MESSAGE(lines <= 6, name, ": ", err);
  for (std::size_t at = err.find('\n'); at + 1 < err.size(); at = err.find('\n', at + 1)) {
    CHECK_MESSAGE(err[at + 1] == ' ', name, ": ", err);
  }
  for (const std::string text : fault.texts) {
    CHECK_MESSAGE(err.find(text) != std::string::npos, name, ": '", text, "' is not in: ", err);
  }
}

}  // namespace

TEST_CASE("faults: wrong command lines and hostile files get one clear message") {
  const test::TemporaryFolder folder;
  make_files(folder);
  for (const Fault& fault : faults) check_message(fault, run_shell(fault.line, folder));
  MESSAGE("wrong inputs: ", std::size(faults));
}

TEST_CASE("program: every command explains itself with an example") {
  const test::TemporaryFolder folder;
  const test::Outcome help = run_shell("$fathom --help", folder);
  CHECK(help.code == 0);
  int commands = 0;
  for (std::size_t at = help.out.find("Commands:\n"); at != std::string::npos;) {
    at = help.out.find("\n  ", at + 1);
    if (at == std::string::npos) break;
    const std::size_t end = help.out.find(' ', at + 3);
    const std::string name = help.out.substr(at + 3, end - at - 3);
    const test::Outcome one = run_shell("$fathom " + name + " --help", folder);
    CHECK_MESSAGE(one.code == 0, name);
    CHECK_MESSAGE(one.err.empty(), name);
    CHECK_MESSAGE(one.out.find("Example:\n  ") != std::string::npos, name);
    ++commands;
  }
  CHECK(commands >= 3);
}

TEST_CASE("program: a reader that leaves early ends nothing") {
  const test::TemporaryFolder folder;
  make_files(folder);
  const test::Outcome outcome =
      run_shell("{ $fathom inspect model.safetensors; echo code $? >&2; } | true", folder);
  CHECK(outcome.err == "code 0\n");
}

TEST_CASE("program: facts are one JSON object with --json") {
  const test::TemporaryFolder folder;
  make_files(folder);
  const test::Outcome outcome = run_shell("$fathom inspect model.safetensors --json", folder);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.starts_with("{\"format\":\"safetensors\",\"tensors\":[{\"name\":\"bias\""));
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 1);
}
