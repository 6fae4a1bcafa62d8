// Wrong command lines and hostile files: each row is a line of shell, the exit code that must come,
// and the one message on standard error, word by word. One row, one fault.
#include <doctest/doctest.h>

#include <algorithm>

#include "fathom/fathom.h"
#include "fathom/io/idx.h"
#include "fathom/io/png.h"
#include "fathom/io/safetensors.h"
#include "tests/cli/program.h"

using namespace fathom;
using test::run_shell;

namespace {

struct Fault {
  const char* name;
  const char* line;  // $fathom is the program
  int code;
  const char* text;
};

const Fault faults[] = {
    // command lines
    {"unknown command", "$fathom inspct x", 2,
     R"(fathom: unknown command inspct; did you mean inspect?
  see: fathom --help)"},
    {"nonsense", "$fathom qqqqqqqq", 2, R"(fathom: unknown command qqqqqqqq
  see: fathom --help)"},
    {"unknown option of the program", "$fathom --verson", 2,
     R"(fathom: unknown option --verson; did you mean --version?
  see: fathom --help)"},
    {"unknown option", "$fathom inspect model.safetensors --jsn", 2,
     R"(fathom inspect: unknown option --jsn; did you mean --json?
  see: fathom inspect --help)"},
    {"unknown option with a value", "$fathom info --thread=4", 2,
     R"(fathom info: unknown option --thread=4; did you mean --threads?
  see: fathom info --help)"},
    {"missing argument", "$fathom inspect", 2,
     R"(fathom inspect: FILE is missing: a safetensors, idx, CSV or PNG file
  see: fathom inspect --help)"},
    {"one argument too many", "$fathom inspect model.safetensors other", 2,
     R"(fathom inspect: unexpected argument 'other'
  see: fathom inspect --help)"},
    {"no threads", "$fathom info --threads 0", 2,
     R"(fathom info: --threads must be a whole number from 1 to 256, got '0'
  see: fathom info --help)"},
    {"negative threads", "$fathom info --threads -3", 2,
     R"(fathom info: --threads must be a whole number from 1 to 256, got '-3'
  see: fathom info --help)"},
    {"words for a number", "$fathom info --threads many", 2,
     R"(fathom info: --threads must be a whole number from 1 to 256, got 'many'
  see: fathom info --help)"},
    {"a number with a rest", "$fathom info --threads 2x", 2,
     R"(fathom info: --threads must be a whole number from 1 to 256, got '2x'
  see: fathom info --help)"},
    {"a number beyond all bounds", "$fathom info --threads 99999999999999999999", 2,
     R"(fathom info: --threads must be a whole number from 1 to 256, got '99999999999999999999'
  see: fathom info --help)"},
    {"a value that is missing", "$fathom info --threads", 2,
     R"(fathom info: --threads needs a value (N): threads to measure with
  see: fathom info --help)"},
    {"unknown example", "$fathom example ch99/nothing", 2,
     R"(fathom example: there is no example ch99/nothing; without a name, `fathom example` lists them
  see: fathom example --help)"},
    {"epochs for an example without", "$fathom example ch02/xor 3", 2,
     R"(fathom example: too many words for this example; it takes: ch02/xor
  see: fathom example --help)"},
    {"no number of epochs", "$fathom example mnist_mlp many", 2,
     R"(fathom example: a number of epochs is 1 or more, got many
  see: fathom example --help)"},
    {"a project without a name", "$fathom new", 2,
     R"(fathom new: NAME is missing: the project's name, or a path that ends in it
  see: fathom new --help)"},
    {"a project's name with a blank", "$fathom new 'my net'", 2,
     R"(fathom new: NAME must begin with a letter and have no more than 64 letters, digits, - and _, got 'my net'
  see: fathom new --help)"},
    {"a project's name that begins with a digit", "$fathom new 3d", 2,
     R"(fathom new: NAME must begin with a letter and have no more than 64 letters, digits, - and _, got '3d'
  see: fathom new --help)"},
    {"a project's name that a build has", "$fathom new test", 2,
     R"(fathom new: NAME must be another: a build already has a test
  see: fathom new --help)"},
    {"a project over a folder", "mkdir there && $fathom new there", 1,
     R"(fathom: new: there is something of that name already
  path: there
  hint: nothing is overwritten; choose another name)"},
    {"a project in a folder that is not there", "$fathom new no/net", 1,
     R"(fathom: new: cannot make the folder: No such file or directory
  path: no/net)"},
    // the environment
    {"no threads in the environment", "FATHOM_THREADS=0 $fathom info", 1,
     R"(fathom: threads: the number of threads is out of range
  FATHOM_THREADS: 0
  expected a number from 1 to 256)"},
    {"unknown instruction set", "FATHOM_ISA=sse9 $fathom info", 1,
     R"(fathom: cpu: unknown instruction set in FATHOM_ISA
  FATHOM_ISA: sse9
  expected avx2 or avx512)"},
    {"standard output is full", "$fathom inspect model.safetensors >/dev/full", 1,
     R"(fathom: standard output: No space left on device)"},
    // files
    {"no such file", "$fathom inspect nothing.safetensors", 1,
     R"(fathom: read: cannot open: No such file or directory
  path: nothing.safetensors
  hint: check the spelling of the path and that its folder exists)"},
    {"a folder for a file", "mkdir dir.png && $fathom inspect dir.png", 1,
     R"(fathom: read: cannot open: Is a directory
  path: dir.png
  hint: this is a folder; name a file in it)"},
    {"unknown ending", "$fathom inspect notes.txt", 1,
     R"(fathom: inspect: the file's name ends in none of the known endings
  file: notes.txt
  expected .safetensors, .png, .csv, .csv.gz, .data, .idx, -ubyte or -ubyte.gz)"},
    {"empty safetensors", ": >e.safetensors; $fathom inspect e.safetensors", 1,
     R"(fathom: safetensors: too short for a header
  path: e.safetensors     file: 0 bytes
  expected 8 bytes with the header's length first
  hint: was the file cut off?)"},
    {"truncated safetensors",
     "head -c 60 model.safetensors >t.safetensors; $fathom inspect t.safetensors", 1,
     R"(fathom: safetensors: the header reaches beyond the end
  path: t.safetensors     header: 160 bytes     file: 60 bytes
  expected at most 52 bytes of header
  hint: the file was cut off or is no safetensors file)"},
    {"safetensors without its end",
     "head -c -1 model.safetensors >s.safetensors; $fathom inspect s.safetensors", 1,
     R"(fathom: safetensors: a tensor reaches beyond the end of the file
  path: s.safetensors     in: tensor "weight"     ends at: 64
  expected at most 63 bytes of data
  hint: was the file cut off?)"},
    {"a header as long as the world",
     "printf '\\377\\377\\377\\377\\377\\377\\377\\177{}' >h.safetensors; $fathom inspect "
     "h.safetensors",
     1, R"(fathom: safetensors: the header reaches beyond the end
  path: h.safetensors     header: 9223372036854775807 bytes     file: 10 bytes
  expected at most 2 bytes of header
  hint: the file was cut off or is no safetensors file)"},
    {"a header that is no JSON",
     "printf '\\002\\0\\0\\0\\0\\0\\0\\0xx' >j.safetensors; $fathom inspect j.safetensors", 1,
     R"(fathom: safetensors: the header is not valid JSON
  path: j.safetensors     at byte: 8     reason: "syntax error while parsing value - invalid literal; last read: 'x'"
  expected one JSON object in UTF-8)"},
    {"text called safetensors", "cp notes.txt n.safetensors; $fathom inspect n.safetensors", 1,
     R"(fathom: safetensors: the header reaches beyond the end
  path: n.safetensors     header: 2334956330817974126 bytes     file: 29 bytes
  expected at most 21 bytes of header
  hint: the file was cut off or is no safetensors file)"},
    {"truncated idx", "head -c 20 labels.idx >t.idx; $fathom inspect t.idx", 1,
     R"(fathom: idx: the file is too short for its shape
  path: t.idx     got: (40,)
  expected at most 12 bytes of elements
  hint: was the file cut off?)"},
    {"idx with a rest", "{ cat labels.idx; echo; } >r.idx; $fathom inspect r.idx", 1,
     R"(fathom: idx: bytes after the last element
  path: r.idx     got: more than 40 bytes
  expected 40 bytes for shape (40,))"},
    {"text called idx", "cp notes.txt n.idx; $fathom inspect n.idx", 1,
     R"(fathom: idx: not an idx file
  path: n.idx     got: first bytes 6e6f7468
  expected 0000, a type (08 09 0b 0c 0d 0e) and the number of axes
  hint: MNIST's images begin with 00000803, its labels with 00000801)"},
    {"idx that promises terabytes",
     "printf '\\0\\0\\010\\003\\177\\377\\377\\377\\177\\377\\377\\377\\0\\0\\0\\100' >b.idx; "
     "$fathom inspect b.idx",
     1, R"(fathom: idx: the file is too short for its shape
  path: b.idx     got: (2147483647, 2147483647, 64)
  expected at most 0 bytes of elements
  hint: was the file cut off?)"},
    {"truncated gzip", "gzip -c labels.idx | head -c 30 >g.idx.gz; $fathom inspect g.idx.gz", 1,
     R"(fathom: gzip: the packed data end early
  path: g.idx.gz     at packed byte: 30
  hint: was the file cut off or damaged?)"},
    {"rows of unlike lengths", "printf '1,2\\n3\\n' >u.csv; $fathom inspect u.csv", 1,
     R"(fathom: csv: rows of different lengths
  path: u.csv     line: 2     fields: 1
  expected 2 fields, as in line 1
  hint: a wrong delimiter, an unquoted delimiter in a text, or a first line to skip?)"},
    {"a quote that stays open", "printf '1,\"2\\n3,4\\n' >q.csv; $fathom inspect q.csv", 1,
     R"(fathom: csv: a quote that is never closed
  path: q.csv     line: 1     column: 2
  hint: is a closing quote missing?)"},
    {"zero bytes in a table", "printf '1,\\0\\n' >z.csv; $fathom inspect z.csv", 1,
     R"(fathom: csv: a NUL byte
  path: z.csv     line: 1     column: 2
  hint: is this a text file?)"},
    {"truncated picture", "head -c 50 picture.png >t.png; $fathom inspect t.png", 1,
     R"(fathom: png: the file ends early
  path: t.png
  expected a whole PNG picture)"},
    {"a picture with a damaged part",
     "{ head -c 45 picture.png; echo xxxx; tail -c +50 picture.png; } >d.png; $fathom inspect "
     "d.png",
     1, R"(fathom: png: IDAT: invalid distance too far back
  path: d.png
  expected a whole PNG picture)"},
    {"text called png", "cp notes.txt n.png; $fathom inspect n.png", 1,
     R"(fathom: png: not a PNG file
  path: n.png
  expected a whole PNG picture
  hint: the first 8 bytes are not those of a PNG)"},
    {"a device for a file", "ln -s /dev/zero endless.csv; $fathom inspect endless.csv", 1,
     R"(fathom: read: not a regular file
  path: endless.csv
  expected a file, not a device, pipe or socket)"},
    // training
    {"training without threads", "$fathom train --threads 0", 2,
     R"(fathom train: --threads must be a whole number from 1 to 256, got '0'
  see: fathom train --help)"},
    {"training for no epoch", "$fathom train --epochs 0", 2,
     R"(fathom train: --epochs must be a whole number from 1 to 1000000000, got '0'
  see: fathom train --help)"},
    {"batches of nothing", "$fathom train --batch 0", 2,
     R"(fathom train: --batch must be a whole number from 1 to 1000000000, got '0'
  see: fathom train --help)"},
    {"too many workers", "$fathom train --workers 999", 2,
     R"(fathom train: --workers must be a whole number from 0 to 256, got '999'
  see: fathom train --help)"},
    {"unknown model", "$fathom train --model mpl", 2,
     R"(fathom train: --model must be one of mlp, linear, got 'mpl'; did you mean mlp?
  see: fathom train --help)"},
    {"widths that are no numbers", "$fathom train --hidden 10,x", 2,
     R"(fathom train: --hidden must be a whole number from 1 to 1048576, got 'x'
  see: fathom train --help)"},
    {"unknown data", "$fathom train digist", 1,
     R"(fathom: data: there is no data set and no file of this name
  name: digist
  expected digits, iris, mnist, fashion_mnist or a CSV file)"},
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
     1, R"(fathom: csv: not a finite number
  path: word.csv     line: 2     at: column 1     got: 'x'
  expected a number like 1, -2.5 or 3e-4)"},
    {"a label that is not there",
     "printf 'u,v\n1,a\n2,b\n3,a\n' >l.csv; $fathom train l.csv --label w", 1,
     R"(fathom: csv: no such column
  path: l.csv     column: w
  expected one of 0 to 1, u, v)"},
    {"a folder that cannot be made", "$fathom train --out /proc/nowhere", 1,
     R"(fathom: run folder: cannot make the folder: No such file or directory
  path: /proc/nowhere)"},
    {"a folder below a file", "$fathom train --out notes.txt/run", 1,
     R"(fathom: run folder: cannot make the folder: Not a directory
  path: notes.txt/run)"},
    {"a folder with a run in it",
     "$fathom train iris --epochs 1 --out twice >/dev/null && $fathom train --out twice", 1,
     R"(fathom: run folder: the folder holds a run already
  path: twice
  hint: go on with it: fathom train --resume twice; or give another --out)"},
    {"nothing to resume", "$fathom train --resume nothing", 1,
     R"(fathom: run folder: there is no such folder
  path: nothing
  hint: a run's folder holds config.json and checkpoint.safetensors)"},
    {"another learning rate on resume",
     "$fathom train iris --epochs 1 --out rate >/dev/null && $fathom train --resume rate --lr 3", 2,
     R"(fathom train: --lr is settled by the run that --resume names
  see: fathom train --help)"},
    {"a checkpoint cut off",
     "$fathom train iris --epochs 1 --out cut >/dev/null && truncate -s -7 "
     "cut/checkpoint.safetensors && $fathom train --resume cut --epochs 2",
     1, R"(fathom: safetensors: a tensor reaches beyond the end of the file
  path: cut/checkpoint.safetensors     in: tensor "optimizer.state.out.weight.1"     ends at: 13292
  expected at most 13285 bytes of data
  hint: was the file cut off?)"},
    {"a loss that is no number",
     "$fathom train --no-batch-norm --no-relu --optimizer sgd --lr 1e6 --json --out nan >/dev/null",
     1, R"(fathom: train: the loss is NaN at step 5: cross_entropy gives NaN of finite numbers
  epoch: 1     batch: 5 of 45     element: (0), row 0 of the batch, 827 of the data     of: f32 (32,)     the first infinity: linear at (0, 0), row 0 of the batch, 827 of the data of f32 (32, 10), in net.out (nn::Linear)
  hint: a smaller learning rate (--lr), or inputs without extreme values)"},
    {"a disk that is full", "trap '' XFSZ; ulimit -f 8; $fathom train --json --out full >/dev/null",
     1, R"(fathom: write: cannot write: File too large
  path: full/checkpoint.safetensors)"},
    {"a plan of nothing", "$fathom plan nothing", 1, R"(fathom: load model: there is no such folder
  folder: nothing
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them)"},
    {"a model without its weights",
     "$fathom train iris --epochs 1 --out w >/dev/null && rm w/model/model.safetensors && $fathom "
     "plan w",
     1, R"(fathom: load model: the folder holds no model
  folder: w
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them
  hint: the run is not finished: fathom train --resume w)"},
    {"eval of nothing", "$fathom eval nothing", 1, R"(fathom: load model: there is no such folder
  folder: nothing
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them)"},
    {"predict without inputs",
     "$fathom train iris --epochs 1 --out p >/dev/null && $fathom predict p", 2,
     R"(fathom predict: INPUT is missing: PNG pictures, CSV files, or rows such as 5.1,3.5,1.4,0.2
  see: fathom predict --help)"},
    {"a picture for a table's model",
     "$fathom train iris --epochs 1 --out q >/dev/null && $fathom predict q picture.png", 1,
     R"(fathom: predict: the model reads rows of numbers, not pictures
  input: picture.png)"},
    {"a row of another width",
     "$fathom train iris --epochs 1 --out r >/dev/null && printf '1,2\\n' >r.csv && $fathom "
     "predict r r.csv",
     1, R"(fathom: predict: the rows do not fit the model
  input: r.csv     columns: 2
  expected 4 numbers in a row)"},
    {"a model whose settings are no JSON",
     "$fathom train iris --epochs 1 --out k >/dev/null && echo '{' >k/model/config.json && $fathom "
     "plan k",
     1,
     R"(fathom: read JSON: parse error at line 2, column 1: syntax error while parsing object key - unexpected end of input; expected string literal
  file: k/model/config.json)"},
    // every command
    {"an unknown option of train", "$fathom train --epoch 3", 2,
     R"(fathom train: unknown option --epoch; did you mean --epochs?
  see: fathom train --help)"},
    {"an unknown option of eval", "$fathom eval run --jso", 2,
     R"(fathom eval: unknown option --jso; did you mean --json?
  see: fathom eval --help)"},
    {"an unknown option of predict", "$fathom predict run --tread 2", 2,
     R"(fathom predict: unknown option --tread; did you mean --threads?
  see: fathom predict --help)"},
    {"an unknown option of plan", "$fathom plan run --svgg a.svg", 2,
     R"(fathom plan: unknown option --svgg; did you mean --svg?
  see: fathom plan --help)"},
    {"an unknown option of bench", "$fathom bench --olny matmul", 2,
     R"(fathom bench: unknown option --olny; did you mean --only?
  see: fathom bench --help)"},
    {"an unknown row of bench", "$fathom bench --only matmull", 2,
     R"(fathom bench: no row is called matmull
  see: fathom bench --help)"},
    {"an unknown option of example", "$fathom example --lst", 2,
     R"(fathom example: unknown option --lst
  see: fathom example --help)"},
    {"help for an unknown command", "$fathom help trian", 2,
     R"(fathom: unknown command trian; did you mean train?
  see: fathom --help)"},
    // numbers
    {"a negative batch", "$fathom train --batch -1", 2,
     R"(fathom train: --batch must be a whole number from 1 to 1000000000, got '-1'
  see: fathom train --help)"},
    {"words for epochs", "$fathom train --epochs x", 2,
     R"(fathom train: --epochs must be a whole number from 1 to 1000000000, got 'x'
  see: fathom train --help)"},
    {"half an epoch", "$fathom train --epochs 1.5", 2,
     R"(fathom train: --epochs must be a whole number from 1 to 1000000000, got '1.5'
  see: fathom train --help)"},
    {"a negative learning rate", "$fathom train --lr -0.1", 2,
     R"(fathom train: --lr must be a number from 0 to 1000000, got '-0.1'
  see: fathom train --help)"},
    {"a learning rate of NaN", "$fathom train --lr nan", 2,
     R"(fathom train: --lr must be a number from 0 to 1000000, got 'nan'
  see: fathom train --help)"},
    {"dropout of more than all", "$fathom train --dropout 1.5", 2,
     R"(fathom train: --dropout must be a number from 0 to 0.99, got '1.5'
  see: fathom train --help)"},
    {"a negative seed", "$fathom train --seed -1", 2,
     R"(fathom train: --seed must be a whole number, got '-1'
  see: fathom train --help)"},
    {"a layer of no units", "$fathom train --hidden 10,0", 2,
     R"(fathom train: --hidden must be a whole number from 1 to 1048576, got '0'
  see: fathom train --help)"},
    {"an unknown optimizer", "$fathom train --optimizer adm", 2,
     R"(fathom train: --optimizer must be one of adam, adamw, sgd, rmsprop, adagrad, adadelta, adafactor, adamax, nadam, radam, lion, asgd, lamb, got 'adm'; did you mean adam?
  see: fathom train --help)"},
    {"threads of eval", "$fathom eval run iris --threads 0", 2,
     R"(fathom eval: --threads must be a whole number from 1 to 256, got '0'
  see: fathom eval --help)"},
    {"threads of predict", "$fathom predict run x.csv --threads 1000", 2,
     R"(fathom predict: --threads must be a whole number from 1 to 256, got '1000'
  see: fathom predict --help)"},
    {"threads of bench", "$fathom bench --threads none", 2,
     R"(fathom bench: --threads must be a whole number from 1 to 256, got 'none'
  see: fathom bench --help)"},
    // places
    {"an output that is a file", "$fathom train iris --epochs 1 --out notes.txt", 1,
     R"(fathom: run folder: cannot make the folder: Not a directory
  path: notes.txt)"},
    {"a picture of a plan to nowhere",
     "$fathom train iris --epochs 1 --out s >/dev/null && $fathom plan s --svg /nothing/p.svg", 1,
     R"(fathom: write: cannot create a file: No such file or directory
  path: /nothing/p.svg
  hint: check the spelling of the path and that its folder exists)"},
    {"eval with another table",
     "$fathom train iris --epochs 1 --out t >/dev/null && printf '1,2,a\\n3,4,b\\n5,6,a\\n' >o.csv "
     "&& "
     "$fathom eval t o.csv",
     1, R"(fathom: classify: the rows do not fit the model
  rows: (3, 2)
  expected 4 features in a row)"},
    {"predict of a file that is not there",
     "$fathom train iris --epochs 1 --out v >/dev/null && $fathom predict v none.csv", 1,
     R"(fathom: predict: there is no such file
  input: none.csv
  expected a PNG picture, a CSV file, or numbers separated by commas)"},
    {"predict of a truncated picture",
     "$fathom train --epochs 1 --out x >/dev/null && head -c 50 picture.png >h.png && $fathom "
     "predict x h.png",
     1, R"(fathom: png: the file ends early
  path: h.png
  expected a whole PNG picture)"},
    {"training on a folder", "mkdir folder.csv && $fathom train folder.csv", 1,
     R"(fathom: read: cannot open: Is a directory
  path: folder.csv
  hint: this is a folder; name a file in it)"},
    {"training with output to a full disk",
     "$fathom train iris --epochs 1 --json --out y >/dev/full", 1,
     R"(fathom: standard output: No space left on device)"},
};

/// The files that rows damage.
void make_files(const test::TemporaryFolder& folder) {
  const std::vector<io::NamedTensor> tensors = {{"weight", ones({4, 3})}, {"bias", zeros({4})}};
  io::save_safetensors(folder / "model.safetensors", tensors, {{"made", "by a test"}});
  io::save_idx(folder / "labels.idx", arange(40, DType::u8));
  io::save_png(folder / "picture.png", zeros({9, 7, 3}, DType::u8));
  io::write_atomically(folder / "notes.txt", std::string_view("nothing that a program reads\n"));
}

void check_message(const Fault& fault, const test::Outcome& outcome) {
  const std::string name = fault.name, &err = outcome.err;
  CHECK_MESSAGE(outcome.code == fault.code, name, ": exit code ", outcome.code, ", not ",
                fault.code, ": ", err);
  CHECK_MESSAGE(err.starts_with("fathom"), name, ": ", err);
  for (const char* bad :
       {"terminate called", "what()", "Segmentation", "core dumped", "Assertion"}) {
    CHECK_MESSAGE(err.find(bad) == std::string::npos, name, ": ", err);
  }
  // One message: its first line, and indented lines that belong to it.
  for (std::size_t at = err.find('\n'); at + 1 < err.size(); at = err.find('\n', at + 1)) {
    CHECK_MESSAGE(err[at + 1] == ' ', name, ": ", err);
  }
  const bool same = err == std::string(fault.text) + "\n";
  CHECK_MESSAGE(same, name, ":\n<<<\n", err, ">>>");
}

}  // namespace

TEST_CASE("faults: wrong command lines and hostile files get one clear message") {
  const test::TemporaryFolder folder;
  make_files(folder);
  for (const Fault& fault : faults) check_message(fault, run_shell(fault.line, folder));
  MESSAGE("wrong inputs: ", std::size(faults));
}

TEST_CASE("faults: a run that is interrupted or runs out of disk goes on to the same bits") {
  const test::TemporaryFolder folder;
  const std::string work = "train --epochs 40 --json --checkpoint-steps 1 ";
  const auto result = [](const test::Outcome& outcome) {
    const std::size_t at = outcome.out.find("\"model_sha256\":\"");
    return at == std::string::npos ? outcome.err : outcome.out.substr(at + 16, 64);
  };
  const std::string whole = result(run_shell("$fathom " + work + "--out whole", folder));
  CHECK(whole.size() == 64);
  const std::string wait = "while [ ! -s $run/checkpoint.safetensors ]; do sleep 0.02; done; ";

  const test::Outcome stopped = run_shell(
      "run=soft; $fathom " + work + "--out $run & " + wait + "kill -TERM $!; wait $!", folder);
  CHECK_MESSAGE(stopped.code == 143, stopped.err);
  CHECK_MESSAGE(stopped.err.find("fathom train --resume soft") != std::string::npos, stopped.err);
  CHECK(result(run_shell("$fathom train --resume soft --json", folder)) == whole);

  const test::Outcome interrupted = run_shell(
      "run=ctrl; $fathom " + work + "--out $run & " + wait + "kill -INT $!; wait $!", folder);
  CHECK_MESSAGE(interrupted.code == 130, interrupted.err);
  CHECK_MESSAGE(interrupted.err.find("fathom train --resume ctrl") != std::string::npos,
                interrupted.err);
  CHECK(result(run_shell("$fathom train --resume ctrl --json", folder)) == whole);

  run_shell("run=hard; $fathom " + work + "--out $run & " + wait + "kill -KILL $!; wait $!",
            folder);
  CHECK(result(run_shell("$fathom train --resume hard --json", folder)) == whole);

  const test::Outcome full = run_shell("trap '' XFSZ; (ulimit -f 8; $fathom " + work +
                                           "--out disk); $fathom train --resume disk --json",
                                       folder);
  CHECK(result(full) == whole);
}

TEST_CASE("program: every command explains itself with an example") {
  const test::TemporaryFolder folder;
  const test::Outcome help = run_shell("$fathom --help", folder);
  CHECK(help.code == 0);
  int commands = 0;
  for (std::size_t at = help.out.find("Commands:\n"); at != std::string::npos;) {
    at = help.out.find("\n  ", at + 1);
    if (at == std::string::npos) break;
    const std::size_t end = help.out.find(' ', at + 3);
    const std::string name = help.out.substr(at + 3, end - at - 3);
    const test::Outcome one = run_shell("$fathom " + name + " --help", folder);
    CHECK_MESSAGE(one.code == 0, name);
    CHECK_MESSAGE(one.err.empty(), name);
    CHECK_MESSAGE(one.out.find("Example:\n  ") != std::string::npos, name);
    ++commands;
  }
  CHECK(commands >= 3);
}

TEST_CASE("program: a reader that leaves early ends nothing") {
  const test::TemporaryFolder folder;
  make_files(folder);
  const test::Outcome outcome =
      run_shell("{ $fathom inspect model.safetensors; echo code $? >&2; } | true", folder);
  CHECK(outcome.err == "code 0\n");
}

TEST_CASE("program: facts are one JSON object with --json") {
  const test::TemporaryFolder folder;
  make_files(folder);
  const test::Outcome outcome = run_shell("$fathom inspect model.safetensors --json", folder);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.starts_with("{\"format\":\"safetensors\",\"tensors\":[{\"name\":\"bias\""));
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 1);
}
