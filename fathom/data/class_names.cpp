#include "fathom/data/class_names.h"

#include <string_view>

#include "fathom/data/embedded.h"
#include "fathom/io/gzip.h"

namespace fathom::data {
namespace {

std::vector<std::string> names_in(std::string_view text, char between) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(between), text.size());
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

}  // namespace

const std::vector<std::string>& imagenet_class_names() {
  static const std::vector<std::string> names = [] {
    const io::Bytes text =
        io::gunzip(embedded_imagenet_classes(), "imagenet_classes.txt.gz", 1 << 20);
    return names_in({reinterpret_cast<const char*>(text.data()), text.size()}, '\n');
  }();
  return names;
}

const std::vector<std::string>& cifar10_class_names() {
  static const std::vector<std::string> names =
      names_in("airplane automobile bird cat deer dog frog horse ship truck", ' ');
  return names;
}

const std::vector<std::string>& cifar100_class_names() {
  static const std::vector<std::string> names = names_in(
      "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus "
      "butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch "
      "crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house "
      "kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle "
      "mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree "
      "plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew "
      "skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank "
      "telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf "
      "woman worm",
      ' ');
  return names;
}

std::vector<std::string> numbered_class_names(std::int64_t count) {
  std::vector<std::string> names;
  for (std::int64_t c = 0; c < count; ++c) names.push_back(std::to_string(c));
  return names;
}

}  // namespace fathom::data
