# Makes one C++ file of the ```cpp blocks of Markdown pages, so that the tests compile and run what the docs show.
# A block is the body of a test case of its own, in a temporary folder, unless it defines something (it begins
# with struct, template, #include or a function): then it stands before the blocks that follow it on its page.
# A program (int main) is compiled and not run. What readers need not see stands before a block as
# <!-- code: Net net; -->.
#
# usage: awk -f docs_code.awk README.md docs/page.md >code.cpp
BEGIN { print "// Written by tools/docs_code.awk.\n#include \"tests/docs/code.h\"" }
FNR == 1 {
  if (NR > 1) print "}  // namespace"
  printf "namespace page_%d {\nusing namespace fathom;\n", ++pages
}
/^<!-- code: .* -->$/ { hidden = hidden substr($0, 12, length($0) - 15) " "; next }
/^```cpp$/ { inside = 1; block = ""; first = FNR + 1; defines = program = 0; next }
/^```$/ && inside {
  inside = 0
  at = sprintf("#line %d \"%s\"\n", first, FILENAME)
  if (program) sub(/int main\(\)/, "[[maybe_unused]] int program()", block)
  if (defines || program) printf "namespace block_%d {\n%s%s}\nusing namespace block_%d;\n", ++blocks, at, block, blocks
  else printf "TEST_CASE(\"%s, line %d\") {\nconst test::InTemporaryFolder folder;\n%s\n%s%s}\n", FILENAME, first, hidden, at, block
  hidden = ""
  next
}
inside {
  if (block == "" && /^(struct|template|#include|[A-Za-z:]+ [a-z_]+\(.*\{)/) defines = 1
  if (/^int main\(/) program = 1
  if (!/^#include/ && !/^using namespace fathom;/) block = block $0 "\n"
  else block = block "\n"
}
END { print "}  // namespace" }
