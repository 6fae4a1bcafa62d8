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
    {"a project without a name", "$fathom new", 2, {"NAME is missing"}},
    {"a project's name with a blank",
     "$fathom new 'my net'",
     2,
     {"NAME must begin with a letter", "got 'my net'"}},
    {"a project's name that begins with a digit",
     "$fathom new 3d",
     2,
     {"begin with a letter", "3d"}},
    {"a project's name that a build has", "$fathom new test", 2, {"already has a test"}},
    {"a project over a folder",
     "mkdir there && $fathom new there",
     1,
     {"new: there is something of that name already", "path: there", "choose another"}},
    {"a project in a folder that is not there",
     "$fathom new no/net",
     1,
     {"no/net", "No such file"}},
    {"epochs for an example without", "$fathom example ch02/xor 3", 2, {"it takes: ch02/xor"}},
    {"no number of epochs", "$fathom example mnist_mlp many", 2, {"1 or more", "many"}},
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
    // training
    {"training without threads", "$fathom train --threads 0", 2, {"--threads", "got '0'"}},
    {"training for no epoch", "$fathom train --epochs 0", 2, {"--epochs", "got '0'"}},
    {"batches of nothing", "$fathom train --batch 0", 2, {"--batch", "got '0'"}},
    {"too many workers", "$fathom train --workers 999", 2, {"--workers", "256"}},
    {"unknown model", "$fathom train --model mpl", 2, {"--model must be one of mlp, linear"}},
    {"widths that are no numbers", "$fathom train --hidden 10,x", 2, {"--hidden", "got 'x'"}},
    {"unknown data", "$fathom train digist", 1, {"digist", "digits, iris"}},
    {"data that is not there",
     "FATHOM_DATA=. $fathom train mnist",
     1,
     {"FATHOM_DATA", "train-images"}},
    {"data without the variable",
     "unset FATHOM_DATA; $fathom train mnist",
     1,
     {"FATHOM_DATA is not set"}},
    {"a table with nothing in it", ": >empty.csv; $fathom train empty.csv", 1, {"empty.csv"}},
    {"a table with one class",
     "printf '1,a\n2,a\n3,a\n' >one.csv; $fathom train one.csv",
     1,
     {"one.csv", "single class"}},
    {"a word among the numbers",
     "printf '1,a\nx,b\n3,a\n4,b\n' >word.csv; $fathom train word.csv",
     1,
     {"word.csv", "line: 2", "'x'"}},
    {"a label that is not there",
     "printf 'u,v\n1,a\n2,b\n3,a\n' >l.csv; $fathom train l.csv --label w",
     1,
     {"l.csv", "w"}},
    {"a folder that cannot be made", "$fathom train --out /proc/nowhere", 1, {"/proc/nowhere"}},
    {"a folder below a file", "$fathom train --out notes.txt/run", 1, {"notes.txt"}},
    {"a folder with a run in it",
     "$fathom train iris --epochs 1 --out twice >/dev/null && $fathom train --out twice",
     1,
     {"twice", "--resume"}},
    {"nothing to resume", "$fathom train --resume nothing", 1, {"nothing"}},
    {"another learning rate on resume",
     "$fathom train iris --epochs 1 --out rate >/dev/null && $fathom train --resume rate --lr 3",
     2,
     {"--lr"}},
    {"a checkpoint cut off",
     "$fathom train iris --epochs 1 --out cut >/dev/null && truncate -s -7 "
     "cut/checkpoint.safetensors && $fathom train --resume cut --epochs 2",
     1,
     {"cut/checkpoint.safetensors"}},
    {"a loss that is no number",
     "$fathom train --no-batch-norm --no-relu --optimizer sgd --lr 1e6 --json --out nan >/dev/null",
     1,
     {"the loss is", "step", "epoch", "hint"}},
    {"a disk that is full",
     "trap '' XFSZ; ulimit -f 8; $fathom train --json --out full >/dev/null",
     1,
     {"full/checkpoint.safetensors", "cannot write"}},
    {"a plan of nothing", "$fathom plan nothing", 1, {"nothing"}},
    {"a model without its weights",
     "$fathom train iris --epochs 1 --out w >/dev/null && rm w/model/model.safetensors && $fathom "
     "plan w",
     1,
     {"load model", "w", "model/model.safetensors"}},
    {"eval of nothing", "$fathom eval nothing", 1, {"nothing"}},
    {"predict without inputs",
     "$fathom train iris --epochs 1 --out p >/dev/null && $fathom predict p",
     2,
     {"INPUT"}},
    {"a picture for a table's model",
     "$fathom train iris --epochs 1 --out q >/dev/null && $fathom predict q picture.png",
     1,
     {"picture.png"}},
    {"a row of another width",
     "$fathom train iris --epochs 1 --out r >/dev/null && printf '1,2\\n' >r.csv && $fathom "
     "predict r r.csv",
     1,
     {"r.csv"}},
    {"a model whose settings are no JSON",
     "$fathom train iris --epochs 1 --out k >/dev/null && echo '{' >k/model/config.json && $fathom "
     "plan k",
     1,
     {"k/model/config.json"}},
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

TEST_CASE("faults: a run that is interrupted or runs out of disk goes on to the same bits") {
  const test::TemporaryFolder folder;
  const std::string work = "train --epochs 40 --json --checkpoint-steps 1 ";
  const auto result = [](const test::Outcome& outcome) {
    const std::size_t at = outcome.out.find("\"model_sha256\":\"");
    return at == std::string::npos ? outcome.err : outcome.out.substr(at + 16, 64);
  };
  const std::string whole = result(run_shell("$fathom " + work + "--out whole", folder));
  CHECK(whole.size() == 64);
  const std::string wait = "while [ ! -s $run/checkpoint.safetensors ]; do sleep 0.02; done; ";

  const test::Outcome stopped = run_shell(
      "run=soft; $fathom " + work + "--out $run & " + wait + "kill -TERM $!; wait $!", folder);
  CHECK_MESSAGE(stopped.code == 143, stopped.err);
  CHECK_MESSAGE(stopped.err.find("fathom train --resume soft") != std::string::npos, stopped.err);
  CHECK(result(run_shell("$fathom train --resume soft --json", folder)) == whole);

  run_shell("run=hard; $fathom " + work + "--out $run & " + wait + "kill -KILL $!; wait $!",
            folder);
  CHECK(result(run_shell("$fathom train --resume hard --json", folder)) == whole);

  const test::Outcome full = run_shell("trap '' XFSZ; (ulimit -f 8; $fathom " + work +
                                           "--out disk); $fathom train --resume disk --json",
                                       folder);
  CHECK(result(full) == whole);
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
