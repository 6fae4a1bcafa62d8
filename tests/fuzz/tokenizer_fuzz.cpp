#include "fathom/text/tokenizer.h"

#include "fuzz.h"

// A tokenizer.json, and a text read by what it describes. Seeds: the cases of
// tests/golden/tokenizers (jq -c '.[].tokenizer').
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fathom::test::fuzz(data, size, [](fathom::io::ByteView bytes) {
    const auto tokenizer = fathom::text::Tokenizer::from_json(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    try {
      const auto encoding = tokenizer.encode("Hello wörld, 日本 ▁a\u0301 <s>ab abc\n 123!");
      tokenizer.decode(encoding.ids, false);
      fathom::text::Tokenizer::from_json(tokenizer.json());
    } catch (const fathom::ValueError&) {  // a text that the tokenizer has no token for
    }
  });
}
