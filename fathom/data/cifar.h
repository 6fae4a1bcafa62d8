// CIFAR's pictures as they are published: files of records, a label or two and 32 x 32 pixels in
// three planes.
#pragma once
#include <string>
#include <vector>

#include "fathom/data/dataset.h"

namespace fathom::data {

/// Which labels a record of CIFAR has.
enum class CifarLabels {
  one,     ///< CIFAR-10
  coarse,  ///< CIFAR-100: the first of two, 20 groups
  fine     ///< CIFAR-100: the second, 100 classes
};

/// Pictures of one or more files, plain or gzip, in their order. Without `class_names` the classes
/// have their published names, the 20 groups numbers.
/// Shapes: inputs u8 (N, 3, 32, 32), labels i64 (N,). Errors: IoError; FormatError for a file that
/// does not hold whole records, or a label out of range.
/// Source: Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images.
Dataset load_cifar(const std::vector<std::string>& paths, CifarLabels labels = CifarLabels::one,
                   std::vector<std::string> class_names = {}, Where where = Where::current());

/// 50000 + 10000 pictures of 10 kinds of things, from $FATHOM_DATA/cifar10: the files
/// data_batch_*.bin and test_*.bin, plain or with .gz behind, also in cifar-10-batches-bin/. As
/// many as are there. Shapes: inputs u8 (N, 3, 32, 32), batches (B, 3072). Errors: IoError if the
/// variable is unset or no file is there; those of load_cifar.
Split cifar10(Where where = Where::current());

/// The same pictures' 100 kinds, from $FATHOM_DATA/cifar100: train.bin and test.bin, plain or with
/// .gz behind, also in cifar-100-binary/. Errors: as cifar10.
Split cifar100(Where where = Where::current());

}  // namespace fathom::data
