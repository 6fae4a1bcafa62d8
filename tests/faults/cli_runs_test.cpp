// Damaged runs and models, and what is asked of them: resume, eval, predict, plan, summary.
#include <doctest/doctest.h>

#include "tests/faults/cli_faults.h"

using namespace fathom;
using test::run_shell;

namespace {

const test::CliFault run_faults[] = {
    {"a folder with a run in it", "$fathom train --out iris", 1,
     R"(fathom: run folder: the folder holds a run already
  path: iris
  hint: go on with it: fathom train --resume iris; or give another --out)"},
    {"nothing to resume", "$fathom train --resume nothing", 1,
     R"(fathom: run folder: there is no such folder
  path: nothing
  hint: a run's folder holds config.json and checkpoint.safetensors)"},
    {"a folder without a run", "$fathom train --resume .", 1,
     R"(fathom: run folder: the folder holds no run
  path: .
  hint: a run's folder holds config.json and checkpoint.safetensors)"},
    {"a file for a run", "$fathom train --resume notes.txt", 1,
     R"(fathom: run folder: the folder holds no run
  path: notes.txt
  hint: a run's folder holds config.json and checkpoint.safetensors)"},
    {"a model for a run", "$fathom train --resume iris/model", 1,
     R"(fathom: read JSON: key 'data' not found
  file: iris/model/config.json)"},
    {"a run whose settings are a list",
     "cp -r iris list; echo '[]' >list/config.json; $fathom train --resume list", 1,
     R"(fathom: read JSON: cannot use at() with array
  file: list/config.json)"},
    {"a run without settings",
     "cp -r iris bare; echo '{}' >bare/config.json; $fathom train --resume bare", 1,
     R"(fathom: read JSON: key 'data' not found
  file: bare/config.json)"},
    {"a run whose settings end early",
     "cp -r iris half; head -c 40 iris/config.json >half/config.json; $fathom train --resume half",
     1,
     R"(fathom: read JSON: parse error at line 4, column 4: syntax error while parsing object key - invalid string: missing closing quote; last read: '"'; expected string literal
  file: half/config.json)"},
    {"settings with a word for a number",
     "cp -r iris word; sed -i 's/\"batch_size\": .*,/\"batch_size\": \"many\",/' word/config.json; "
     "$fathom train --resume word",
     1, R"(fathom: read JSON: type must be number, but is string
  file: word/config.json)"},
    {"settings with fewer epochs than none",
     "cp -r iris past; sed -i 's/\"epochs\": .*,/\"epochs\": -2,/' past/config.json; $fathom train "
     "--resume past",
     1, R"(fathom: settings: epochs is -2
  file: past/config.json
  expected at least 0)"},
    {"settings with batches of nothing",
     "cp -r iris empty; sed -i 's/\"batch_size\": .*,/\"batch_size\": 0,/' empty/config.json; "
     "$fathom train --resume empty",
     1, R"(fathom: settings: batch_size is 0
  file: empty/config.json
  expected at least 1)"},
    {"settings with dropout of all",
     "cp -r iris dropped; sed -i 's/\"dropout\": .*,/\"dropout\": 1.0,/' dropped/config.json; "
     "$fathom train --resume dropped",
     1, R"(fathom: settings: dropout is 1.0
  file: dropped/config.json
  expected at least 0 and below 1)"},
    {"settings with an unknown model",
     "cp -r iris other; sed -i 's/\"model\": .*,/\"model\": \"cnn\",/' other/config.json; $fathom "
     "train --resume other",
     1, R"(fathom: settings: model is "cnn"
  file: other/config.json
  expected mlp, linear, or a network's name)"},
    {"settings with an unknown optimizer",
     "cp -r iris step; sed -i 's/\"optimizer\": .*,/\"optimizer\": \"sophia\",/' step/config.json; "
     "$fathom train --resume step",
     1, R"(fathom: settings: optimizer is "sophia"
  file: step/config.json
  expected one of adam, adamw, sgd, rmsprop, adagrad, adadelta, adafactor, adamax, nadam, radam, lion, asgd, lamb)"},
    {"settings with an unknown schedule",
     "cp -r iris rate; sed -i 's/\"schedule\": .*,/\"schedule\": \"saw\",/' rate/config.json; "
     "$fathom train --resume rate",
     1, R"(fathom: settings: schedule is "saw"
  file: rate/config.json
  expected one of constant, linear, cosine, inverse_sqrt)"},
    {"settings with a layer below nothing",
     "cp -r iris thin; sed -i 's/ 100$/ -100/' thin/config.json; $fathom train --resume thin", 1,
     R"(fathom: settings: hidden is [-100]
  file: thin/config.json
  expected widths of at least 1)"},
    {"settings with data that are gone",
     "cp -r iris lost; sed -i 's/\"data\": .*,/\"data\": \"lost.csv\",/' lost/config.json; $fathom "
     "train --resume lost",
     1, R"(fathom: data: there is no data set and no file of this name
  name: lost.csv
  expected digits, iris, mnist, fashion_mnist, cifar10, cifar100 or a CSV file)"},
    {"data that have changed",
     "printf '1,2,a\n2,1,b\n3,3,a\n4,4,b\n5,5,a\n6,6,b\n7,7,a\n' >t.csv; $fathom train t.csv "
     "--epochs 1 --out changed >/dev/null; echo 8,8,b >>t.csv; $fathom train --resume changed "
     "--epochs 2",
     1, R"(fathom: resume: the data file is not what it was when the run began
  file: t.csv     sha256: a408c01e599f24d6c9192f2096168a801acfd4c39f074e8ec81693e604b4da8e
  expected sha256 ac224e24a4f777b3d778d293d0838ba27ae908e8333917b10ee53c44155dee1f
  hint: put the file back as it was, or begin another run)"},
    {"a checkpoint cut off",
     "cp -r iris cut; truncate -s -7 cut/checkpoint.safetensors; $fathom train --resume cut "
     "--epochs 2",
     1,
     R"(fathom: safetensors: a tensor reaches beyond the end of the file
  path: cut/checkpoint.safetensors     in: tensor "optimizer.state.out.weight.1"     ends at: 13292
  expected at most 13285 bytes of data
  hint: was the file cut off?)"},
    {"an empty checkpoint",
     "cp -r iris zero; : >zero/checkpoint.safetensors; $fathom train --resume zero --epochs 2", 1,
     R"(fathom: safetensors: too short for a header
  path: zero/checkpoint.safetensors     file: 0 bytes
  expected 8 bytes with the header's length first
  hint: was the file cut off?)"},
    {"a folder for a checkpoint",
     "cp -r iris dir; rm dir/checkpoint.safetensors; mkdir dir/checkpoint.safetensors; $fathom "
     "train --resume dir --epochs 2 >/dev/null",
     1, R"(fathom: read: cannot open: Is a directory
  path: dir/checkpoint.safetensors
  hint: this is a folder; name a file in it)"},
    {"a model for a checkpoint",
     "cp -r iris taken; cp iris/model/model.safetensors taken/checkpoint.safetensors; $fathom "
     "train --resume taken --epochs 2 >/dev/null",
     1, R"(fathom: resume: this is no checkpoint that this version can read
  file: taken/checkpoint.safetensors
  expected fathom checkpoint, layout 3, in its metadata)"},
    {"the checkpoint of another run",
     "cp -r iris swapped; cp digits/checkpoint.safetensors swapped/; $fathom train --resume "
     "swapped --epochs 2 >/dev/null",
     1, R"(fathom: load: the tensors do not fit the model
  file: swapped/checkpoint.safetensors
  expected the model's own names and shapes:
    mismatched hidden.0.linear.weight: f32 (100, 64), the model has f32 (100, 4)
    mismatched out.bias: f32 (10,), the model has f32 (3,)
    mismatched out.weight: f32 (10, 100), the model has f32 (3, 100))"},
    {"the checkpoint of another optimizer",
     "$fathom train iris --optimizer sgd --epochs 1 --out sgd >/dev/null; cp "
     "iris/checkpoint.safetensors sgd/; $fathom train --resume sgd --epochs 2 >/dev/null",
     1, R"(fathom: step: the optimizer's state is that of other options
  slots: 2
  hint: options that decide what is remembered stay as they were at first)"},
    {"a second process in a run",
     "cp -r iris busy; $fathom train --resume busy --epochs 100000000 >/dev/null 2>&1 & "
     "until grep -q 100000000 busy/config.json; do sleep 0.01; done; $fathom train --resume busy; "
     "code=$?; "
     "{ kill $!; wait $!; } 2>/dev/null; exit $code",
     1, R"(fathom: run folder: another process trains in this folder
  path: busy)"},
    {"a plan of nothing", "$fathom plan nothing", 1,
     R"(fathom: load model: there is no such folder
  folder: nothing
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them)"},
    {"eval of nothing", "$fathom eval nothing", 1,
     R"(fathom: load model: there is no such folder
  folder: nothing
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them)"},
    {"a summary of a folder without a model", "$fathom summary .", 1,
     R"(fathom: load model: the folder holds no model
  folder: .
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them)"},
    {"a file for a model", "$fathom eval iris/checkpoint.safetensors", 1,
     R"(fathom: load model: the folder holds no model
  folder: iris/checkpoint.safetensors
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them)"},
    {"a model without its weights", "cp -r iris w; rm w/model/model.safetensors; $fathom plan w", 1,
     R"(fathom: load model: the folder holds no model
  folder: w
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them
  hint: the run is not finished: fathom train --resume w)"},
    {"a model without its settings",
     "cp -r iris v; rm v/model/config.json; $fathom predict v 1,2,3,4", 1,
     R"(fathom: load model: the folder holds no model
  folder: v
  expected model/config.json and model/model.safetensors, as `fathom train` leaves them
  hint: the run is not finished: fathom train --resume v)"},
    {"a model whose settings are no JSON",
     "cp -r iris k; echo '{' >k/model/config.json; $fathom plan k", 1,
     R"(fathom: read JSON: parse error at line 2, column 1: syntax error while parsing object key - unexpected end of input; expected string literal
  file: k/model/config.json)"},
    {"a model without a shape", "cp -r iris u; echo '{}' >u/model/config.json; $fathom summary u",
     1, R"(fathom: read JSON: key 'in_features' not found
  file: u/model/config.json)"},
    {"a model of more features than its data had",
     "cp -r iris more; sed -i 's/\"in_features\": .*,/\"in_features\": 5,/' "
     "more/model/config.json; $fathom eval more",
     1, R"(fathom: Tensor::from: the number of elements does not fit the shape
  file: more/model/config.json     elements: 4     shape: (5,)
  expected 5 elements)"},
    {"a model of fewer classes than none",
     "cp -r iris none; sed -i 's/\"classes\": .*,/\"classes\": -3,/' none/model/config.json; "
     "$fathom eval none",
     1, R"(fathom: nn::Linear: out_features is -3
  file: none/model/config.json
  expected a positive number)"},
    {"a model of an unknown kind",
     "cp -r iris kind; sed -i 's/\"model\": .*,/\"model\": \"cnn\",/' kind/model/config.json; "
     "$fathom eval kind",
     1, R"(fathom: models::create_mlp: there is no model cnn
  file: kind/model/config.json
  expected mlp or linear)"},
    {"a model of samples below nothing",
     "cp -r iris below; tr -d '\n' <iris/model/config.json | sed 's/\"sample_shape\": \\[ "
     "*4/\"sample_shape\": [-4/' >below/model/config.json; $fathom eval below",
     1, R"(fathom: Shape: negative extent -4
  file: below/model/config.json
  expected extents of 0 and more)"},
    {"weights cut off",
     "cp -r iris short; head -c 50 iris/model/model.safetensors >short/model/model.safetensors; "
     "$fathom eval short",
     1, R"(fathom: safetensors: the header reaches beyond the end
  path: short/model/model.safetensors     header: 712 bytes     file: 50 bytes
  expected at most 42 bytes of header
  hint: the file was cut off or is no safetensors file)"},
    {"the weights of another model",
     "cp -r iris mixed; cp digits/model/model.safetensors mixed/model/; $fathom eval mixed", 1,
     R"(fathom: load: the tensors do not fit the model
  file: mixed/model/model.safetensors
  expected the model's own names and shapes:
    mismatched hidden.0.linear.weight: f32 (100, 64), the model has f32 (100, 4)
    mismatched out.bias: f32 (10,), the model has f32 (3,)
    mismatched out.weight: f32 (10, 100), the model has f32 (3, 100))"},
    {"a model alone without data to test on", "$fathom eval iris/model", 2,
     R"(fathom eval: DATA is missing: a model's own folder does not say what to test on
  see: fathom eval --help)"},
    {"eval of a run without its settings",
     "cp -r iris lone; rm lone/config.json; $fathom eval lone", 1,
     R"(fathom: read: cannot open: No such file or directory
  path: lone/config.json
  hint: check the spelling of the path and that its folder exists)"},
    {"eval with another table", "printf '1,2,a\n3,4,b\n5,6,a\n' >o.csv; $fathom eval iris o.csv", 1,
     R"(fathom: classify: the rows do not fit the model
  rows: (3, 2)
  expected 4 features in a row)"},
    {"eval with a class that the model does not know",
     "printf '1,2,3,4,zebra\n1,2,3,5,setosa\n1,2,3,6,zebra\n4,3,2,1,setosa\n' >zebra.csv; $fathom "
     "eval iris zebra.csv",
     1, R"(fathom: dataset zebra.csv: class 'zebra' is none of the model's
  expected one of setosa, versicolor, virginica)"},
    {"eval with a table that is not there", "$fathom eval iris none.csv", 1,
     R"(fathom: read: cannot open: No such file or directory
  path: none.csv
  hint: check the spelling of the path and that its folder exists)"},
    {"a picture for a table's model", "$fathom predict iris picture.png", 1,
     R"(fathom: predict: the model reads rows of numbers, not pictures
  input: picture.png)"},
    {"a row of another width", "printf '1,2\n' >r.csv; $fathom predict iris r.csv", 1,
     R"(fathom: predict: the rows do not fit the model
  input: r.csv     columns: 2
  expected 4 numbers in a row)"},
    {"a row with its label",
     "printf '1,2,3,4,setosa\n' >labelled.csv; $fathom predict iris labelled.csv", 1,
     R"(fathom: predict: the rows do not fit the model
  input: labelled.csv     columns: 5
  expected 4 numbers in a row
  hint: to leave out the label's column: --label -1)"},
    {"a row with a word", "$fathom predict iris 1,2,3,four", 1, R"(fathom: csv: not a finite number
  path: '1,2,3,four'     line: 1     at: column 4     got: 'four'
  expected a number like 1, -2.5 or 3e-4)"},
    {"a row with a gap", "$fathom predict iris 1,2,,4", 1, R"(fathom: csv: an empty field
  path: '1,2,,4'     line: 1     at: column 3     got: ''
  expected a number like 1, -2.5 or 3e-4)"},
    {"a row with a number too large", "$fathom predict iris 1,2,3,1e99", 1,
     R"(fathom: csv: a number too large for f32
  path: '1,2,3,1e99'     line: 1     at: column 4     got: '1e99'
  expected a number like 1, -2.5 or 3e-4)"},
    {"predict of a file that is not there", "$fathom predict iris none.csv", 1,
     R"(fathom: predict: there is no such file
  input: none.csv
  expected a picture, a CSV file, or numbers separated by commas)"},
    {"predict of a folder", "$fathom predict iris digits", 1,
     R"(fathom: read: cannot open: Is a directory
  path: digits
  hint: this is a folder; name a file in it)"},
    {"predict of a table that may not be read",
     "mkdir hidden; cp r.csv hidden; chmod 000 hidden; [ $(id -u) = 0 ] && "
     "as='setpriv --bounding-set -dac_override,-dac_read_search'; "
     "$as $fathom predict iris hidden/r.csv; code=$?; chmod 700 hidden; exit $code",
     1, R"(fathom: read: cannot open: Permission denied
  path: hidden/r.csv
  hint: check the permissions of the file and of its folder)"},
    {"predict of a truncated picture",
     "head -c 50 picture.png >h.png; $fathom predict digits h.png", 1,
     R"(fathom: png: the file ends early
  path: h.png
  expected a whole PNG picture)"},
    {"a picture of other proportions to predict", "$fathom predict digits picture.png", 1,
     R"(fathom: picture picture.png: its proportions are not those of the model's pictures
  picture: 7 x 9
  expected 8 x 8, or a multiple of it
  hint: cut the picture so that it shows one thing, as in training)"},
    {"one picture of two that is not there",
     "cp picture.png a.png; $fathom predict digits b.png a.png", 1,
     R"(fathom: read: cannot open: No such file or directory
  path: b.png
  hint: check the spelling of the path and that its folder exists)"},
    {"a picture of a plan to nowhere", "$fathom plan iris --svg /nothing/p.svg", 1,
     R"(fathom: write: cannot create a file: No such file or directory
  path: /nothing/p.svg
  hint: check the spelling of the path and that its folder exists)"},
    {"a picture of a plan in an unknown format", "$fathom plan iris --svg plan.jpg", 1,
     R"(fathom: figure.save: no such picture format
  got: plan.jpg
  expected a name that ends in .png or .svg)"},
    {"a picture of a plan over a folder", "mkdir plan.svg; $fathom plan iris --svg plan.svg", 1,
     R"(fathom: write: cannot replace what is no regular file: Is a directory
  path: plan.svg
  hint: this is a folder; name a file in it)"},
    {"a result to a full disk", "$fathom eval iris >/dev/full", 1,
     R"(fathom: standard output: No space left on device)"},
    {"a result to nowhere", "$fathom predict iris 1,2,3,4 >&-", 1,
     R"(fathom: standard output: Bad file descriptor)"},
};

}  // namespace

TEST_CASE("faults: damaged runs and models get one clear message") {
  test::check_rows(run_faults,
                   "$fathom train iris --epochs 1 --out iris >/dev/null && "
                   "$fathom train --epochs 1 --out digits >/dev/null");
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
