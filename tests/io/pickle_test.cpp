// The restricted unpickler: what is data becomes data, what would act is refused by its name.
#include "fathom/io/pickle.h"

#include <doctest/doctest.h>

#include "tests/io/support.h"

using namespace fathom;
using namespace std::string_view_literals;
using io::detail::Pickle;
using Kind = io::detail::PickleNode::Kind;
using test::error_text;

namespace {

Pickle read(std::string_view text) { return io::detail::read_pickle(io::as_bytes(text), "a.pkl"); }

std::string refused(std::string_view text) {
  return error_text<UnsupportedError>([&] { read(text); });
}
std::string broken(std::string_view text) {
  return error_text<FormatError>([&] { read(text); });
}

std::string named(const std::string& problem, const std::string& name, const std::string& hint) {
  return "pickle: " + problem + "\n  path: a.pkl     name: " + name +
         "\n  hint: nothing was executed; " + hint;
}
std::string reaches(const std::string& name) {
  return named("a pickle that reaches for a function of Python's", name,
               "this file is not to be trusted");
}
std::string calls(const std::string& name) {
  return named("a pickle that calls a function", name,
               "save the state_dict alone, which calls none of its own");
}

}  // namespace

TEST_CASE("pickle: plain data of the text and the binary protocols") {
  const Pickle text = read("(dp0\nS'a'\np1\n(lp2\nI1\naL-2L\naF0.5\naI01\naNas.");
  const auto list = text[text.find(text.root, "a")].items;
  CHECK(list.size() == 5);
  CHECK(text[list[0]].integer == 1);
  CHECK(text[list[1]].integer == -2);
  CHECK(text[list[2]].real == 0.5);
  CHECK(text[list[3]].kind == Kind::boolean);
  CHECK(text[list[4]].kind == Kind::none);
  const Pickle binary = read(
      "\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01k\x94K\x07"
      "\x85\x94s."sv);
  const auto tuple = binary.find(binary.root, "k");
  CHECK(binary[tuple].kind == Kind::tuple);
  CHECK(binary[binary[tuple].items[0]].integer == 7);
  CHECK(read("\x8a\x02\x00\xff."sv)[1].integer == -256);
}

TEST_CASE("pickle: an unknown class becomes an inert record") {
  const Pickle pickle = read(
      "\x80\x02"
      "cmy.models\nNet\n)\x81}U\x01wK\x05sb.");
  const auto& record = pickle[pickle.root];
  CHECK(record.kind == Kind::record);
  CHECK(record.text == "my.models.Net");
  CHECK(pickle[pickle.find(record.state, "w")].integer == 5);
  // A function that is named and not called is data.
  CHECK(read("ctorch.nn.functional\nrelu\n.")[1].text == "torch.nn.functional.relu");
}

TEST_CASE("pickle: every way to call a function is refused by the function's name") {
  CHECK(refused("cos\nsystem\n(S'id'\ntR.") == reaches("os.system"));
  CHECK(refused("cposix\nsystem\n(S'id'\ntR.") == reaches("posix.system"));
  CHECK(refused("c__builtin__\neval\n(S'1'\ntR.") == reaches("__builtin__.eval"));
  CHECK(refused("cbuiltins\nexec\n.") == reaches("builtins.exec"));
  CHECK(refused("cbuiltins\ngetattr\n.") == reaches("builtins.getattr"));
  CHECK(refused("(S'id'\nios\nsystem\n.") == reaches("os.system"));
  CHECK(refused("(csubprocess\nPopen\nS'id'\no.") == reaches("subprocess.Popen"));
  CHECK(refused("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x85R.") ==
        reaches("os.system"));
  CHECK(refused("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94)\x81.") == reaches("os.system"));
  CHECK(refused("cos.path\njoin\n(tR.") == reaches("os.path.join"));
  CHECK(refused("crunpy\n_run_code\n(S'1'\ntR.") == reaches("runpy._run_code"));
  CHECK(refused("cmine\nrun\n(S'id'\ntR.") == calls("mine.run"));
  CHECK(refused("(S'id'\nimine\nrun\n.") == calls("mine.run"));
  CHECK(refused("(cmine\nrun\nS'id'\no.") == calls("mine.run"));
  CHECK(refused("ctorch.hub\nload\n(S'id'\ntR.") == calls("torch.hub.load"));
  // The function that a derived tensor is rebuilt with.
  CHECK(refused("ctorch._tensor\n_rebuild_from_type_v2\n(cmine\nrun\nN(tNtR.") ==
        calls("mine.run"));
  CHECK(refused("\x82\x01.").find("registry of extensions") != std::string::npos);
  CHECK(refused("\x80\x05\x97.").find("buffer from outside") != std::string::npos);
}

TEST_CASE("pickle: broken ones, deep ones and bombs") {
  CHECK(broken("abc") ==
        "pickle: an instruction that finds nothing on the stack\n  path: a.pkl     at byte: 1"
        "\n  hint: is this file a pickle?");
  CHECK(broken("").find("the pickle ends early") != std::string::npos);
  CHECK(broken("X\xff\xff\xff\x7f"
               "abc")
            .find("the pickle ends early") != std::string::npos);
  CHECK(broken("\x8e\xff\xff\xff\xff\xff\xff\xff\xff.").find("ends early") != std::string::npos);
  CHECK(broken("t.").find("finds no mark") != std::string::npos);
  CHECK(broken("j\xff\xff\xff\xff.").find("never kept") != std::string::npos);
  CHECK(broken("NN}b.").find("takes none") != std::string::npos);
  CHECK(broken("NK\x01R.").find("no tuple") != std::string::npos);
  CHECK(broken("N)R.").find("no function") != std::string::npos);
  CHECK(broken("(K\x01"
               "d.")
            .find("a key without a value") != std::string::npos);
  // A place far out in the memo costs nothing.
  CHECK(read("Nr\xff\xff\xff\xff.")[0].kind == Kind::none);
  // A million lists in each other, and one in itself: no recursion.
  std::string deep(1000000, ']');
  deep += std::string(999999, 'a') + ".";
  CHECK(read(deep).nodes.size() == 1000001);
  CHECK(read("]q\x01h\x01"
             "a.")
            .nodes.size() == 2);
  // Copies of copies of a long text.
  std::string bomb = "c_codecs\nencode\nq\x01X" + std::string("\x00\x00\x20\x00", 4) +
                     std::string(std::size_t{1} << 21, 'x') + "q\x02";
  for (int i = 0; i < 100; ++i) bomb += "h\x01h\x02\x85R0";
  CHECK(broken(bomb + ".").find("copies of copies") != std::string::npos);
  CHECK(refused(std::string((std::size_t{4} << 20) + 2, ']') + ".").find("4 million") !=
        std::string::npos);
}

TEST_CASE("pickle: what it does with damaged bytes is one of two errors") {
  const io::Bytes seed = io::read_file(FATHOM_TEST_SOURCE "/golden/weights/legacy_protocol2.pt");
  test::damage(seed, 20000, [](io::ByteView bytes) { io::detail::read_pickle(bytes, "(memory)"); });
}
