// Command lines that make no sense: exit code 2, one line that says why, and where to read more.
#include <doctest/doctest.h>

#include "tests/faults/cli_faults.h"

using namespace fathom;
using test::run_shell;

namespace {

struct UsageFault {
  const char* name;
  const char* command;  // "": the program itself
  const char* words;    // behind it
  const char* problem;
};

const UsageFault usage_faults[] = {
    {"unknown command", "", "inspct x", "unknown command inspct; did you mean inspect?"},
    {"nonsense", "", "qqqqqqqq", "unknown command qqqqqqqq"},
    {"unknown option of the program", "", "--verson",
     "unknown option --verson; did you mean --version?"},
    {"unknown option", "inspect", "model.safetensors --jsn",
     "unknown option --jsn; did you mean --json?"},
    {"unknown option with a value", "info", "--thread=4",
     "unknown option --thread=4; did you mean --threads?"},
    {"missing argument", "inspect", "",
     "FILE is missing: weights (safetensors, PyTorch's, Keras', npz), a picture, an idx or CSV "
     "file, or a network's name"},
    {"one argument too many", "inspect", "model.safetensors other", "unexpected argument 'other'"},
    {"no threads", "info", "--threads 0",
     "--threads must be a whole number from 1 to 256, got '0'"},
    {"negative threads", "info", "--threads -3",
     "--threads must be a whole number from 1 to 256, got '-3'"},
    {"words for a number", "info", "--threads many",
     "--threads must be a whole number from 1 to 256, got 'many'"},
    {"a number with a rest", "info", "--threads 2x",
     "--threads must be a whole number from 1 to 256, got '2x'"},
    {"a number beyond all bounds", "info", "--threads 99999999999999999999",
     "--threads must be a whole number from 1 to 256, got '99999999999999999999'"},
    {"a value that is missing", "info", "--threads",
     "--threads needs a value (N): threads to measure with"},
    {"unknown example", "example", "ch99/nothing",
     "there is no example ch99/nothing; without a name, `fathom example` lists them"},
    {"epochs for an example without", "example", "ch02/xor 3",
     "too many words for this example; it takes: ch02/xor"},
    {"no number of epochs", "example", "mnist_mlp many",
     "a number of epochs is 1 or more, got many"},
    {"a project without a name", "new", "",
     "NAME is missing: the project's name, or a path that ends in it"},
    {"a project's name with a blank", "new", "'my net'",
     "NAME must begin with a letter and have no more than 64 letters, digits, - and _, got 'my "
     "net'"},
    {"a project's name that begins with a digit", "new", "3d",
     "NAME must begin with a letter and have no more than 64 letters, digits, - and _, got '3d'"},
    {"a project's name that a build has", "new", "test",
     "NAME must be another: a build already has a test"},
    {"training without threads", "train", "--threads 0",
     "--threads must be a whole number from 1 to 256, got '0'"},
    {"training for no epoch", "train", "--epochs 0",
     "--epochs must be a whole number from 1 to 1000000000, got '0'"},
    {"batches of nothing", "train", "--batch 0",
     "--batch must be a whole number from 1 to 1000000000, got '0'"},
    {"too many workers", "train", "--workers 999",
     "--workers must be a whole number from 0 to 256, got '999'"},
    {"unknown model", "train", "--model mpl",
     "--model must be mlp, linear or a network (see: fathom models), got 'mpl'; did you mean "
     "mlp?"},
    {"widths that are no numbers", "train", "--hidden 10,x",
     "--hidden must be a whole number from 1 to 1048576, got 'x'"},
    {"another learning rate on resume", "train", "--resume rate --lr 3",
     "--lr is settled by the run that --resume names"},
    {"predict without inputs", "predict", "p",
     "INPUT is missing: pictures, CSV files, rows such as 5.1,3.5,1.4,0.2, or texts"},
    {"an unknown option of train", "train", "--epoch 3",
     "unknown option --epoch; did you mean --epochs?"},
    {"an unknown option of eval", "eval", "run --jso",
     "unknown option --jso; did you mean --json?"},
    {"an unknown option of predict", "predict", "run --tread 2",
     "unknown option --tread; did you mean --threads?"},
    {"an unknown option of plan", "plan", "run --svgg a.svg",
     "unknown option --svgg; did you mean --svg?"},
    {"an unknown option of bench", "bench", "--olny matmul",
     "unknown option --olny; did you mean --only?"},
    {"an unknown row of bench", "bench", "--only matmull", "no row is called matmull"},
    {"an unknown option of example", "example", "--lst", "unknown option --lst"},
    {"help for an unknown command", "", "help trian", "unknown command trian; did you mean train?"},
    {"a negative batch", "train", "--batch -1",
     "--batch must be a whole number from 1 to 1000000000, got '-1'"},
    {"words for epochs", "train", "--epochs x",
     "--epochs must be a whole number from 1 to 1000000000, got 'x'"},
    {"half an epoch", "train", "--epochs 1.5",
     "--epochs must be a whole number from 1 to 1000000000, got '1.5'"},
    {"a negative learning rate", "train", "--lr -0.1",
     "--lr must be a number from 0 to 1000000, got '-0.1'"},
    {"a learning rate of NaN", "train", "--lr nan",
     "--lr must be a number from 0 to 1000000, got 'nan'"},
    {"dropout of more than all", "train", "--dropout 1.5",
     "--dropout must be a number from 0 to 0.99, got '1.5'"},
    {"a negative seed", "train", "--seed -1", "--seed must be a whole number, got '-1'"},
    {"a layer of no units", "train", "--hidden 10,0",
     "--hidden must be a whole number from 1 to 1048576, got '0'"},
    {"an unknown optimizer", "train", "--optimizer adm",
     "--optimizer must be one of adam, adamw, sgd, rmsprop, adagrad, adadelta, adafactor, adamax, "
     "nadam, radam, lion, asgd, lamb, got 'adm'; did you mean adam?"},
    {"threads of eval", "eval", "run iris --threads 0",
     "--threads must be a whole number from 1 to 256, got '0'"},
    {"threads of predict", "predict", "run x.csv --threads 1000",
     "--threads must be a whole number from 1 to 256, got '1000'"},
    {"threads of bench", "bench", "--threads none",
     "--threads must be a whole number from 1 to 256, got 'none'"},
    {"no folder to resume", "train", "--resume \"\"", "--resume must not be empty"},
    {"no folder to write to", "train", "--out \"\"", "--out must not be empty"},
    {"no name of data", "train", "\"\"", "DATA must not be empty"},
    {"no name of an example", "example", "\"\"", "NAME must not be empty"},
    {"no rows of bench", "bench", "--only \"\"", "--only must not be empty"},
    {"no input to predict", "predict", "run \"\"", "INPUT must not be empty"},
    {"no choice of a model", "train", "--model \"\"", "--model must not be empty"},
    {"widths with a gap", "train", "--hidden 5,,5",
     "--hidden must be a whole number from 1 to 1048576, got ''"},
    {"no width", "train", "--hidden ,",
     "--hidden must be a whole number from 1 to 1048576, got ''"},
    {"an infinite learning rate", "train", "--lr 1e999",
     "--lr must be a number from 0 to 1000000, got '1e999'"},
    {"a seed beyond all bounds", "train", "--seed 99999999999999999999",
     "--seed must be a whole number, got '99999999999999999999'"},
    {"a flag with a value", "train", "--json=yes", "--json takes no value, got 'yes'"},
    {"help with a value", "train", "--help=yes", "--help takes no value, got 'yes'"},
    {"an option with one dash", "train", "-epochs 3",
     "unknown option -epochs; did you mean --epochs?"},
    {"two numbers for one", "train", "--epochs=3=4",
     "--epochs must be a whole number from 1 to 1000000000, got '3=4'"},
    {"data twice", "train", "iris digits", "unexpected argument 'digits'"},
    {"data beside a run to resume", "train", "iris --resume run",
     "DATA is settled by the run that --resume names"},
    {"another folder beside a run to resume", "train", "--resume run --out other",
     "--out is settled by the run that --resume names"},
    {"checkpoints before the beginning", "train", "--checkpoint-seconds -1",
     "--checkpoint-seconds must be a number from 0 to 1000000000, got '-1'"},
    {"an unknown schedule", "train", "--schedule cosin",
     "--schedule must be one of constant, linear, cosine, inverse_sqrt, got 'cosin'; did you mean "
     "cosine?"},
    {"a plan of more rows than there are", "plan", "run --batch 1000000000",
     "--batch must be a whole number from 0 to 1000000, got '1000000000'"},
    {"a summary of no rows", "summary", "run --batch 0",
     "--batch must be a whole number from 1 to 1000000000, got '0'"},
    {"a summary of nothing", "summary", "",
     "DIR is missing: a run's folder, a model's, or a network's name (see: fathom models)"},
    {"an unknown option of summary", "summary", "run --bach 3",
     "unknown option --bach; did you mean --batch?"},
    {"a prediction by nothing", "predict", "",
     "DIR is missing: a run's folder, a model's, or a network's name (see: fathom models)"},
    {"an evaluation of too much", "eval", "run iris digits", "unexpected argument 'digits'"},
    {"an unknown option of new", "new", "--nme flowers", "unknown option --nme"},
    {"two projects", "new", "a b", "unexpected argument 'b'"},
    {"a project that is the folder itself", "new", ".",
     "NAME must begin with a letter and have no more than 64 letters, digits, - and _, got '.'"},
    {"a row that is no number but an option", "predict", "run -x,2,3,4", "unknown option -x,2,3,4"},
    {"an example for no epoch", "example", "ch03/mnist_mlp 0",
     "a number of epochs is 1 or more, got 0"},
    {"no command but an empty word", "", "\"\"", "the command must not be empty"},
    {"a short option of the program", "", "-v", "unknown option -v"},
    {"words behind the version", "", "--version now", "unexpected argument 'now'"},
    {"words behind the help", "", "--help train", "unexpected argument 'train'"},
    {"help for two commands", "", "help train eval", "unexpected argument 'eval'"},
    {"help for an option", "", "help --epochs", "unknown option --epochs"},
};

}  // namespace

TEST_CASE("faults: a command line that makes no sense is told in one line") {
  const test::TemporaryFolder folder;
  test::make_files(folder);
  for (const UsageFault& fault : usage_faults) {
    const std::string asked = std::string("fathom") + (*fault.command ? " " : "") + fault.command;
    check_message(fault.name, run_shell("$" + asked + " " + fault.words, folder), 2,
                  asked + ": " + fault.problem + "\n  see: " + asked + " --help");
  }
  MESSAGE("wrong command lines: ", std::size(usage_faults));
}
