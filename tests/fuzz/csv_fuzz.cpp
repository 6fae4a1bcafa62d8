#include "fathom/io/csv.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fathom::test::fuzz(data, size, [](fathom::io::ByteView bytes) {
    const auto table =
        fathom::io::parse_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    for (std::size_t i = 0; i < table.columns(); ++i) fathom::io::column_to_classes(table, i);
    if (table.columns() > 0) fathom::io::columns_to_f32(table, {0});
  });
}
