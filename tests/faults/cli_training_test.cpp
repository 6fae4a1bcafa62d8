// Wrong surroundings of a run that begins: data, folders, disks, the environment.
#include <doctest/doctest.h>

#include "tests/faults/cli_faults.h"

using namespace fathom;

namespace {

const test::CliFault training_faults[] = {
    {"a project over a folder", "mkdir there && $fathom new there", 1,
     R"(fathom: new: there is something of that name already
  path: there
  hint: nothing is overwritten; choose another name)"},
    {"a project in a folder that is not there", "$fathom new no/net", 1,
     R"(fathom: new: cannot make the folder: No such file or directory
  path: no/net)"},
    {"unknown data", "$fathom train digist", 1,
     R"(fathom: data: there is no data set and no file of this name
  name: digist
  expected digits, iris, mnist, fashion_mnist, cifar10, cifar100 or a CSV file)"},
    {"data that is not there", "FATHOM_DATA=. $fathom train mnist", 1,
     R"(fathom: data set mnist: the file is missing
  file: ./mnist/train-images-idx3-ubyte.gz
  hint: FATHOM_DATA must name the folder above mnist/)"},
    {"data without the variable", "unset FATHOM_DATA; $fathom train mnist", 1,
     R"(fathom: data set mnist: the environment variable FATHOM_DATA is not set
  expected a folder that holds mnist/train-images-idx3-ubyte.gz and its three companions
  hint: export FATHOM_DATA=/path/to/data; `digits` and `iris` need no files)"},
    {"a table with nothing in it", ": >empty.csv; $fathom train empty.csv", 1,
     R"(fathom: csv: no such column
  path: empty.csv     column: -1
  expected a table with columns)"},
    {"a table with one class", "printf '1,a\n2,a\n3,a\n' >one.csv; $fathom train one.csv", 1,
     R"(fathom: CSV data: the label column holds a single class
  file: one.csv     label: column 2
  hint: name the label: --label COLUMN)"},
    {"a word among the numbers", "printf '1,a\nx,b\n3,a\n4,b\n' >word.csv; $fathom train word.csv",
     1,
     R"(fathom: csv: not a finite number
  path: word.csv     line: 2     at: column 1     got: 'x'
  expected a number like 1, -2.5 or 3e-4)"},
    {"a label that is not there",
     "printf 'u,v\n1,a\n2,b\n3,a\n' >l.csv; $fathom train l.csv --label w", 1,
     R"(fathom: csv: no such column
  path: l.csv     column: w
  expected one of 0 to 1, u, v)"},
    {"training on a folder", "mkdir folder.csv && $fathom train folder.csv", 2,
     R"(fathom train: pictures in folders take a network: --model NAME; see: fathom models
  see: fathom train --help)"},
    {"a folder that cannot be made", "$fathom train --out /proc/nowhere", 1,
     R"(fathom: run folder: cannot make the folder: No such file or directory
  path: /proc/nowhere)"},
    {"a folder below a file", "$fathom train --out notes.txt/run", 1,
     R"(fathom: run folder: cannot make the folder: Not a directory
  path: notes.txt/run)"},
    {"an output that is a file", "$fathom train iris --epochs 1 --out notes.txt", 1,
     R"(fathom: run folder: cannot make the folder: Not a directory
  path: notes.txt)"},
    {"a loss that is no number",
     "$fathom train --no-batch-norm --no-relu --optimizer sgd --lr 1e6 --json --out nan >/dev/null",
     1,
     R"(fathom: train: the loss is NaN at step 5: cross_entropy gives NaN of finite numbers
  epoch: 1     batch: 5 of 45     element: (0), row 0 of the batch, 827 of the data     of: f32 (32,)     the first infinity: linear at (0, 0), row 0 of the batch, 827 of the data of f32 (32, 10), in net.out (nn::Linear)
  hint: a smaller learning rate (--lr), or inputs without extreme values)"},
    {"a disk that is full", "trap '' XFSZ; ulimit -f 8; $fathom train --json --out full >/dev/null",
     1,
     R"(fathom: write: cannot write: File too large
  path: full/checkpoint.safetensors)"},
    {"training with output to a full disk",
     "$fathom train iris --epochs 1 --json --out y >/dev/full", 1,
     R"(fathom: standard output: No space left on device)"},
    {"no threads in the environment", "FATHOM_THREADS=0 $fathom info", 1,
     R"(fathom: threads: the number of threads is out of range
  FATHOM_THREADS: 0
  expected a number from 1 to 256)"},
    {"unknown instruction set", "FATHOM_ISA=sse9 $fathom info", 1,
     R"(fathom: cpu: unknown instruction set in FATHOM_ISA
  FATHOM_ISA: sse9
  expected avx2 or avx512)"},
    {"unknown tiles", "FATHOM_WINOGRAD=6 $fathom info", 1,
     R"(fathom: cpu: unknown choice in FATHOM_WINOGRAD
  FATHOM_WINOGRAD: 6
  expected 0 or off for none, 2 or 4 for tiles of 2x2 or 4x4)"},
    {"standard output is full", "$fathom inspect model.safetensors >/dev/full", 1,
     R"(fathom: standard output: No space left on device)"},
    {"words for threads in the environment", "FATHOM_THREADS=x $fathom train iris --epochs 1", 1,
     R"(fathom: threads: the number of threads is out of range
  FATHOM_THREADS: x
  expected a number from 1 to 256)"},
    {"a file for the folder of data", "FATHOM_DATA=/dev/null $fathom train mnist", 1,
     R"(fathom: data set mnist: the file is missing
  file: /dev/null/mnist/train-images-idx3-ubyte.gz
  hint: FATHOM_DATA must name the folder above mnist/)"},
    {"text for the pictures of a data set",
     "mkdir -p text/mnist; for f in train-images-idx3 train-labels-idx1 t10k-images-idx3 "
     "t10k-labels-idx1; do cp notes.txt text/mnist/$f-ubyte; done; FATHOM_DATA=text $fathom train "
     "mnist",
     1, R"(fathom: idx: not an idx file
  path: text/mnist/train-images-idx3-ubyte     got: first bytes 6e6f7468
  expected 0000, a type (08 09 0b 0c 0d 0e) and the number of axes
  hint: MNIST's images begin with 00000803, its labels with 00000801)"},
    {"labels for the pictures of a data set",
     "mkdir -p flat/mnist; for f in train-images-idx3 train-labels-idx1 t10k-images-idx3 "
     "t10k-labels-idx1; do cp labels.idx flat/mnist/$f-ubyte; done; FATHOM_DATA=flat $fathom train "
     "mnist",
     1, R"(fathom: data set mnist: the files do not hold pictures and labels
  pictures: (40,)     labels: (40,)
  expected u8 (N, height, width) and u8 (N,))"},
    {"a table of one row", "printf '1,2,a\n' >row.csv; $fathom train row.csv", 1,
     R"(fathom: CSV data: the label column holds a single class
  file: row.csv     label: column 3
  hint: name the label: --label COLUMN)"},
    {"a table whose label is a measurement",
     "printf '1,2\n2,3\n3,4\n4,5\n' >measured.csv; $fathom train measured.csv", 1,
     R"(fathom: CSV data: the label column holds 4 classes in 4 rows
  file: measured.csv     label: column 2
  hint: classes are learnt, not measurements: name the label with --label COLUMN)"},
    {"a table whose second label is missing",
     "printf '1,a\n2,\n3,a\n' >gap.csv; $fathom train gap.csv", 1, R"(fathom: csv: an empty label
  path: gap.csv     line: 2     at: column 2
  expected the name or number of a class)"},
    {"a label column beyond the last",
     "printf '1,a\n2,b\n3,a\n' >beyond.csv; $fathom train beyond.csv --label 2", 1,
     R"(fathom: csv: no such column
  path: beyond.csv     column: 2
  expected one of 0 to 1)"},
    {"a last batch of one row",
     "printf '1,2,a\n2,1,b\n3,3,a\n' >few.csv; $fathom train few.csv --batch 1", 1,
     R"(fathom: train: batch norm cannot train on the last batch, which has one row
  rows: 2     batch: 1
  hint: another --batch, or --no-batch-norm)"},
    {"random bytes for a table",
     "head -c 300 /dev/zero | tr '\\0' '\\377' >bytes.csv; $fathom train bytes.csv", 1,
     R"(fathom: CSV data: the table has no columns but the label
  file: bytes.csv     label: column 1
  hint: columns are separated by commas, in a file named .tsv by tabs)"},
    {"a device for a folder", "$fathom train iris --epochs 1 --out /dev/null", 1,
     R"(fathom: run folder: cannot make the folder: Not a directory
  path: /dev/null)"},
    {"training with the output closed", "$fathom train iris --epochs 1 --json --out closed >&-", 1,
     R"(fathom: standard output: Bad file descriptor)"},
    {"an example with the output closed", "$fathom example >&-", 1,
     R"(fathom: standard output: Bad file descriptor)"},
    {"a bench without its peers", "$fathom bench --peer /bin/false", 1,
     R"(fathom: bench: there is no script of the peer
  path: benchmarks/peers/torch_peer.py
  hint: run it in Fathom's source folder, or give --peer-scripts DIR)"},
    {"an example without its data", "unset FATHOM_DATA; $fathom example mnist_mlp 1", 1,
     R"(fathom: data set mnist: the environment variable FATHOM_DATA is not set
  expected a folder that holds mnist/train-images-idx3-ubyte.gz and its three companions
  hint: export FATHOM_DATA=/path/to/data; `digits` and `iris` need no files)"},
    {"a project below a file", "$fathom new notes.txt/net", 1,
     R"(fathom: new: cannot make the folder: Not a directory
  path: notes.txt/net)"},
    {"a folder that is gone", "mkdir gone; cd gone; rmdir ../gone; $fathom train iris --epochs 1",
     1, R"(fathom: run folder: cannot make the folder: No such file or directory
  path: runs/iris-mlp)"},
};

}  // namespace

TEST_CASE("faults: what a run cannot begin with gets one clear message") {
  test::check_rows(training_faults);
}
