#include "fathom/data/embedded.h"

#include "fathom/core/embed.h"

FATHOM_EMBED(digits, FATHOM_DATA_FOLDER "/digits.csv.gz");
FATHOM_EMBED(iris, FATHOM_DATA_FOLDER "/iris.data");
FATHOM_EMBED(imagenet_classes, FATHOM_DATA_FOLDER "/imagenet_classes.txt.gz");

namespace fathom::data {

std::span<const unsigned char> embedded_digits() { return FATHOM_EMBEDDED(digits); }
std::span<const unsigned char> embedded_iris() { return FATHOM_EMBEDDED(iris); }
std::span<const unsigned char> embedded_imagenet_classes() {
  return FATHOM_EMBEDDED(imagenet_classes);
}

}  // namespace fathom::data
