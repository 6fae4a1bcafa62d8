#include "tests/faults/cli_faults.h"

#include "fathom/fathom.h"
#include "fathom/io/idx.h"
#include "fathom/io/png.h"
#include "fathom/io/safetensors.h"

namespace fathom::test {

void make_files(const TemporaryFolder& folder) {
  const std::vector<io::NamedTensor> tensors = {{"weight", ones({4, 3})}, {"bias", zeros({4})}};
  io::save_safetensors(folder / "model.safetensors", tensors, {{"made", "by a test"}});
  io::save_idx(folder / "labels.idx", arange(40, DType::u8));
  io::save_png(folder / "picture.png", zeros({9, 7, 3}, DType::u8));
  io::write_atomically(folder / "notes.txt", std::string_view("nothing that a program reads\n"));
}

void check_message(const std::string& name, const Outcome& outcome, int code,
                   const std::string& text) {
  const std::string& err = outcome.err;
  CHECK_MESSAGE(outcome.code == code, name, ": exit code ", outcome.code, ", not ", code, ": ",
                err);
  CHECK_MESSAGE(err.starts_with("fathom"), name, ": ", err);
  for (const char* bad :
       {"terminate called", "what()", "Segmentation", "core dumped", "Assertion"}) {
    CHECK_MESSAGE(err.find(bad) == std::string::npos, name, ": ", err);
  }
  // One message: its first line, and indented lines that belong to it.
  for (std::size_t at = err.find('\n'); at + 1 < err.size(); at = err.find('\n', at + 1)) {
    CHECK_MESSAGE(err[at + 1] == ' ', name, ": ", err);
  }
  const bool same = err == text + "\n";
  CHECK_MESSAGE(same, name, ":\n<<<\n", err, ">>>");
}

void check_rows(std::span<const CliFault> rows, const char* prepare) {
  const TemporaryFolder folder;
  make_files(folder);
  const Outcome prepared = run_shell(prepare, folder);
  REQUIRE_MESSAGE(prepared.code == 0, prepared.err);
  for (const CliFault& row : rows)
    check_message(row.name, run_shell(row.line, folder), row.code, row.text);
  MESSAGE("wrong inputs: ", rows.size());
}

}  // namespace fathom::test
