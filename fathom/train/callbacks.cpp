#include "fathom/train/callbacks.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fathom/figure/figure.h"
#include "fathom/graph/context.h"
#include "fathom/io/csv.h"
#include "fathom/io/file.h"

namespace fathom::train {

bool Best::is_better(double value, double than) const {
  const bool small = goal == Goal::automatic ? is_better_small(monitor) : goal == Goal::smaller;
  return small ? value < than - min_delta : value > than + min_delta;
}

bool Best::improves(const Run& run) {
  const std::optional<double> value = run.newest({monitor, run.where()});
  if (!value || std::isnan(*value) || (best && !is_better(*value, *best))) return false;
  best = value;
  return true;
}

void EarlyStopping::begin(Run&) {
  if (patience < 0)
    throw ValueError({.operation = "train::EarlyStopping",
                      .problem = "patience is " + std::to_string(patience),
                      .expected = "at least 0 epochs"});
  state = {{monitor, goal, min_delta, {}}, 0, 0, nullptr};
}

void EarlyStopping::after_epoch(Run& run) {
  if (run.epoch() <= start_from_epoch || !run.newest({monitor, run.where()})) return;
  const bool better = state.best.improves(run);
  if (restore_best && (better || !state.model)) {
    state.model = run.snapshot();
    state.best_epoch = run.epoch();
  }
  ++state.waited;
  if (better) {
    if (!baseline || state.best.is_better(*state.best.best, *baseline)) state.waited = 0;
  } else if (state.waited >= patience && run.epoch() > 1) {
    run.stop("no better " + monitor + " in " + std::to_string(state.waited) +
             (state.waited == 1 ? " epoch" : " epochs"));
  }
}

void EarlyStopping::archive(Run& run, Archive& a) {
  state.best.archive(a);
  a("waited", state.waited);
  a("best_epoch", state.best_epoch);
  run.archive(a, "model", state.model);
}

void EarlyStopping::end(Run& run) {
  if (state.model && state.best_epoch != run.epoch()) run.restore(state.model);
}

void BestCheckpoint::begin(Run&) { state = {monitor, goal, 0, {}}; }

void BestCheckpoint::after_epoch(Run& run) {
  if (state.improves(run)) run.save(path);
}

void ModelCheckpoint::begin(Run&) {
  if (every < 1)
    throw ValueError({.operation = "train::ModelCheckpoint",
                      .problem = "every is " + std::to_string(every),
                      .expected = "at least 1 epoch"});
}

void ModelCheckpoint::after_epoch(Run& run) {
  if (run.epoch() % every == 0) end(run);
}

void ModelCheckpoint::end(Run& run) {
  std::string name = path;
  constexpr std::string_view place = "{epoch}";
  if (const auto at = name.find(place); at != name.npos)
    name.replace(at, place.size(), std::to_string(run.epoch()));
  run.save(name);
}

void CsvLog::after_epoch(Run& run) {
  const std::vector<std::string> names = run.history().names();
  io::CsvTable table{.source = path, .header = {"epoch", "step", "seconds"}, .rows = {}};
  table.header.insert(table.header.end(), names.begin(), names.end());
  for (const Record& r : run.history().epochs) {
    std::vector<std::string> fields{std::to_string(r.epoch), std::to_string(r.step),
                                    std::to_string(r.seconds)};
    for (const std::string& name : names) {
      const double* value = find(r.values, name);
      fields.push_back(value ? fmt::format("{}", *value) : "");
    }
    table.rows.push_back({0, std::move(fields)});
  }
  io::save_csv(path, table, ',', run.where());
}

void JsonLog::after_epoch(Run& run) {
  std::string lines;
  for (const Record& r : run.history().epochs) lines += to_json(r) + "\n";
  io::write_atomically(path, lines, run.where());
}

void draw_curves(const std::string& path, const History& history, const std::string& validation,
                 Where where) {
  const graph::CallScope call(where);
  if (history.epochs.empty())
    throw ValueError({.operation = "train::draw_curves", .problem = "there are no epochs"});
  std::vector<std::string> plots;
  for (const std::string& name : history.names()) {
    const std::string base = name.starts_with(validation) ? name.substr(validation.size()) : name;
    if (std::ranges::find(plots, base) == plots.end()) plots.push_back(base);
  }
  figure::Values epochs;
  for (const Record& r : history.epochs) epochs.push_back(static_cast<double>(r.epoch));
  const int columns = std::min<int>(3, static_cast<int>(plots.size()));
  const int rows = (static_cast<int>(plots.size()) + columns - 1) / columns;
  // A line needs two points; a run of one epoch shows its numbers as dots.
  const figure::Marker marker = epochs.size() < 2 ? figure::Marker::circle : figure::Marker::none;
  figure::Figure figure(rows, columns);
  for (int i = 0; i < static_cast<int>(plots.size()); ++i) {
    const std::string& base = plots[static_cast<std::size_t>(i)];
    figure::Axes& axes = figure.axes(i / columns, i % columns);
    const bool share = base.ends_with("accuracy");
    axes.title(base).x_label("epoch").y_label(share ? "% of rows" : "");
    const std::vector<std::string> names = history.names();
    const auto draw = [&](const std::string& name, const std::string& label) {
      if (std::ranges::find(names, name) == names.end()) return;
      figure::Values values = history[name];
      if (share)
        for (double& value : values) value *= 100;
      axes.line(epochs, std::move(values), {.label = label, .marker = marker});
    };
    draw(base, "training");
    draw(validation + base, validation == "val_" ? "validation" : "test");
  }
  figure.save(path);
}

void CurvePlot::begin(Run& run) { figure::Figure::require_format(path, run.where()); }

void CurvePlot::end(Run& run) {
  if (!run.history().epochs.empty()) draw_curves(path, run.history(), "val_", run.where());
}

void LearningRate::begin(Run&) {
  if (!schedule)
    throw ValueError({.operation = "train::LearningRate",
                      .problem = "there is no schedule",
                      .hint = ".schedule = optim::schedule::warm_up_cosine(1e-3, 100, 2000)"});
}

void ReduceOnPlateau::begin(Run&) {
  const bool small = goal == Goal::automatic ? is_better_small(monitor) : goal == Goal::smaller;
  using Mode = optim::ReduceOnPlateau::Mode;
  rule.mode = small ? Mode::min : Mode::max;
  rule.best = std::numeric_limits<double>::quiet_NaN();
  rule.bad_steps = 0;
  rule.cooling = 0;
}

void ReduceOnPlateau::after_epoch(Run& run) {
  if (const std::optional<double> value = run.newest({monitor, run.where()}))
    run.set_learning_rate(rule.step(run.learning_rate(), *value, run.where()));
}

void ReduceOnPlateau::archive(Archive& a) {
  a("best", rule.best);
  a("bad_steps", rule.bad_steps);
  a("cooling", rule.cooling);
}

bool TerminateOnNan::nan(Run& run, const NumericError& error) {
  run.stop(error.summary());
  return true;
}

}  // namespace fathom::train
