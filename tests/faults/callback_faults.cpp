// What hangs into a training run: callbacks and checkpoints. What their own options say wrongly is
// told at the line that began the run.
#include "tests/faults/faults.h"

namespace fathom::test {
namespace {

struct Net {
  nn::Linear layer{4, 3};
  Tensor operator()(const Tensor& x) const { return layer(x); }
};
using Options = train::FitOptions<Net, data::Batch>;
train::History fit(Options options, Where where = Where::current()) {
  options.verbose = train::Verbose::silent;
  Net net;
  return train::fit(net, data::rows(data::Batch{ones({4, 4}), labels({0, 1, 2, 0})}), options,
                    where);
}
/// A run with a callback or a checkpoint that is wrong.
template <class E = ValueError>
Fault run_with(std::string name, const Options& options, std::string text,
               Where row = Where::current()) {
  return fault<E>(
      std::move(name), [=] { fit(options, row); }, std::move(text), row);
}
constexpr const char* kept = "/tmp/fathom-fault.safetensors";

}  // namespace

Faults callback_faults() {
  return {
      run_with("watching a value that there is not", {.callbacks = {train::EarlyStopping{}}},
               R"(train::History: there is no value val_loss
  expected one of loss
  hint: fit measures it if it is given .validation
  in: @)"),
      run_with("patience below nothing",
               {.callbacks = {train::EarlyStopping{.monitor = "loss", .patience = -1}}},
               R"(train::EarlyStopping: patience is -1
  expected at least 0 epochs
  in: @)"),
      run_with("keeping the best of an unknown value",
               {.callbacks = {train::BestCheckpoint{.path = kept, .monitor = "accuracy"}}},
               R"(train::History: there is no value accuracy
  expected one of loss
  in: @)"),
      run_with<IoError>("keeping the best in a folder that is not there",
                        {.callbacks = {train::BestCheckpoint{.path = "/nothing/net.safetensors",
                                                             .monitor = "loss"}}},
                        R"(write: cannot create a file: No such file or directory
  path: /nothing/net.safetensors
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      run_with("keeping the model every 0 epochs",
               {.callbacks = {train::ModelCheckpoint{.path = kept, .every = 0}}},
               R"(train::ModelCheckpoint: every is 0
  expected at least 1 epoch
  in: @)"),
      run_with<IoError>("a table of the epochs in a folder that is not there",
                        {.callbacks = {train::CsvLog{"/nothing/log.csv"}}},
                        R"(write: cannot create a file: No such file or directory
  path: /nothing/log.csv
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      run_with<IoError>("lines of the epochs in a folder that is not there",
                        {.callbacks = {train::JsonLog{"/nothing/log.jsonl"}}},
                        R"(write: cannot create a file: No such file or directory
  path: /nothing/log.jsonl
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      run_with("curves in an unknown format", {.callbacks = {train::CurvePlot{"curves.jpg"}}},
               R"(figure.save: no such picture format
  got: curves.jpg
  expected a name that ends in .png or .svg
  in: @)"),
      run_with("a learning rate without a schedule", {.callbacks = {train::LearningRate{}}},
               R"(train::LearningRate: there is no schedule
  hint: .schedule = optim::schedule::warm_up_cosine(1e-3, 100, 2000)
  in: @)"),
      run_with("a plateau that raises the learning rate",
               {.callbacks = {train::ReduceOnPlateau{.monitor = "loss", .rule = {.factor = 2}}}},
               out_of_range("optim::ReduceOnPlateau", "factor", "2", "at least 0 and below 1")),
      run_with("a plateau of an unknown value",
               {.callbacks = {train::ReduceOnPlateau{.monitor = "los"}}},
               R"(train::History: there is no value los
  expected one of loss
  in: @)"),
      fault<ValueError>(
          "a callback of one's own that asks for an unknown value",
          [] { fit({.callbacks = {[](train::Run& run) { run.value("accuracy"); }}}); },
          R"(train::History: there is no value accuracy
  expected one of loss
  in: @)"),
      fault<ShapeError>(
          "a callback of one's own that is wrong",
          [] { fit({.callbacks = {[](train::Run&) { matmul(ones({2}), ones({3})); }}}); },
          R"(matmul: inner dimensions differ
  a: f32 (1, 2)     b: f32 (3, 1)
  expected a.shape[-1] == b.shape[-2], got 2 and 3
  in: @)"),
      run_with("going on from nowhere", {.checkpoint = {.resume = true}},
               R"(train: these options of checkpoints make no sense
  path:      every_seconds: 10.000000     every_steps: 0
  expected a path to resume from, every_seconds and every_steps from 0 on
  in: @)"),
      run_with("checkpoints after fewer steps than none",
               {.checkpoint = {.path = kept, .every_steps = -1}},
               R"(train: these options of checkpoints make no sense
  path: /tmp/fathom-fault.safetensors     every_seconds: 10.000000     every_steps: -1
  expected a path to resume from, every_seconds and every_steps from 0 on
  in: @)"),
      run_with<IoError>("checkpoints in a folder that is not there",
                        {.checkpoint = {.path = "/nothing/run.safetensors"}},
                        R"(write: cannot create a file: No such file or directory
  path: /nothing/run.safetensors
  hint: check the spelling of the path and that its folder exists
  in: @)"),
      fault<FormatError>(
          "going on from a model's weights",
          [] {
            io::save_weights(kept, Net());
            fit({.checkpoint = {.path = kept, .resume = true}});
          },
          R"(resume: this is no checkpoint that this version can read
  file: /tmp/fathom-fault.safetensors
  expected fathom checkpoint, layout 3, in its metadata
  in: @)"),
      fault<FormatError>(
          "going on in batches of another size",
          [] {
            fit({.checkpoint = {.path = kept}});
            fit({.batch_size = 2, .checkpoint = {.path = kept, .resume = true}});
          },
          R"(resume: the checkpoint is of a run with another data.batch_size: 32
  file: /tmp/fathom-fault.safetensors
  expected 2
  in: @)"),
      fault<ValueError>(
          "going on with another optimizer",
          [] {
            fit({.checkpoint = {.path = kept}});
            fit({.optimizer = optim::Sgd{.learning_rate = 1},
                 .epochs = 2,
                 .checkpoint = {.path = kept, .resume = true}});
          },
          R"(step: the optimizer's state is that of other options
  slots: 2
  hint: options that decide what is remembered stay as they were at first
  in: @)"),
      fault<FormatError>(
          "going on without a callback that the run had",
          [] {
            fit({.checkpoint = {.path = kept},
                 .callbacks = {train::EarlyStopping{.monitor = "loss"}}});
            fit({.checkpoint = {.path = kept, .resume = true}});
          },
          R"(resume: the checkpoint holds what this run does not:
    callbacks.0.best
    callbacks.0.best.has
    callbacks.0.best_epoch
    callbacks.0.model.kept
    callbacks.0.waited
  file: /tmp/fathom-fault.safetensors
  expected the same options and callbacks as in the run that wrote it
  in: @)"),
  };
}

}  // namespace fathom::test
