// Networks by name and pictures in folders: what makes no sense or is damaged.
#include <doctest/doctest.h>

#include "tests/faults/cli_faults.h"

using namespace fathom;

namespace {

const test::CliFault network_faults[] = {
    {"a network that is mistyped", "$fathom plan resnet19", 2,
     R"(fathom plan: there is no folder and no network resnet19; did you mean resnet18?
  see: fathom plan --help)"},
    {"a network that has learnt nothing", "$fathom predict resnet18 picture.png", 2,
     R"(fathom predict: --weights is missing: resnet18 by its name has learnt nothing
  see: fathom predict --help)"},
    {"weights beside a folder", "mkdir m; $fathom eval m --weights model.safetensors digits", 2,
     R"(fathom eval: --weights is for a network by its name; m has its own
  see: fathom eval --help)"},
    {"weights beside a file", "$fathom inspect notes.txt --weights model.safetensors", 2,
     R"(fathom inspect: --weights is for a network by its name, not for a file
  see: fathom inspect --help)"},
    {"the weights of another network",
     "$fathom predict lenet5 --weights model.safetensors picture.png", 1,
     R"(fathom: load: the tensors do not fit the model
  file: model.safetensors
  expected the model's own names and shapes:
    unexpected bias: f32 (4,)
    unexpected weight: f32 (4, 3)
    missing conv1.bias: f32 (6,)
    missing conv1.weight: f32 (6, 1, 5, 5)
    missing conv2.bias: f32 (16,)
    missing conv2.weight: f32 (16, 6, 5, 5)
    missing fc1.bias: f32 (120,)
    missing fc1.weight: f32 (120, 400)
    missing fc2.bias: f32 (84,)
    missing fc2.weight: f32 (84, 120)
    missing fc3.bias: f32 (10,)
    missing fc3.weight: f32 (10, 84))"},
    {"pictures for a perceptron", "mkdir -p p/a p/b; $fathom train p", 2,
     R"(fathom train: pictures in folders take a network: --model NAME; see: fathom models
  see: fathom train --help)"},
    {"weights for a perceptron", "$fathom train iris --weights model.safetensors", 2,
     R"(fathom train: --weights is for networks, not for mlp
  see: fathom train --help)"},
    {"hidden layers for a network", "$fathom train p --model lenet5 --hidden 3", 2,
     R"(fathom train: --hidden is for mlp, not for lenet5
  see: fathom train --help)"},
    {"a class without pictures", "$fathom train p --model lenet5", 1,
     R"(fathom: data::image_folder: a class without pictures
  path: p     class: a
  expected files that end in .jpg, .png, .webp, .bmp or .ppm)"},
    {"pictures that are not there", "$fathom train none --model lenet5", 1,
     R"(fathom: data: there is no data set, folder or file of this name
  name: none
  expected a folder or .tar with a folder of pictures for each class, a CSV file of pictures and classes, digits, mnist, fashion_mnist, cifar10 or cifar100)"},
    {"a table for a network", "$fathom train iris --model lenet5", 1,
     R"(fathom: data::pictures_of: the rows are no pictures
  data: iris)"},
    {"a pattern that freezes nothing", "$fathom train digits --model lenet5 --freeze layer1", 1,
     R"(fathom: nn::freeze: a pattern that meets no name
  pattern: layer1
  expected names as from conv1.weight to fc3.bias
  hint: * stands for a part without a dot, ** for any text; a module's name means all that is in it)"},
    {"a pattern that freezes all", "$fathom train digits --model lenet5 --freeze '**'", 1,
     R"(fathom: train: everything is frozen: nothing is left to train
  hint: a --freeze that leaves out the head)"},
    {"an augmentation that there is not", "$fathom train digits --model lenet5 --augment flop", 2,
     R"(fathom train: --augment must be one of automatic, none, crop, flip, trivial, got 'flop'; did you mean flip?
  see: fathom train --help)"},
};

}  // namespace

TEST_CASE("faults: networks by name and pictures in folders get one clear message") {
  test::check_rows(network_faults);
}
