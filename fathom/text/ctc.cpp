#include "fathom/text/ctc.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "fathom/core/error.h"
#include "fathom/ops/elementwise.h"

namespace fathom::text {
namespace {

constexpr double never = -std::numeric_limits<double>::infinity();

double add_logs(double a, double b) {
  const double most = std::max(a, b);
  return most == never ? never : most + std::log(std::exp(a - most) + std::exp(b - most));
}

std::vector<double> checked_steps(const char* operation, const Tensor& x, std::int64_t blank) {
  if (!is_floating(x.dtype()))
    throw DTypeError({.operation = operation,
                      .problem = "log_probs are no floating-point numbers",
                      .received = {{"log_probs", std::string(name(x.dtype()))}}});
  if (x.rank() != 2)
    throw ShapeError({.operation = operation,
                      .problem = "log_probs are not those of one sequence",
                      .received = {{"log_probs", to_string(x.shape())}},
                      .expected = "(steps, classes)",
                      .hint = "select() takes a sequence out of a batch"});
  if (blank < 0 || blank >= x.shape()[1])
    throw ValueError(
        {.operation = operation,
         .problem = "the blank is no class",
         .received = {{"blank", std::to_string(blank)}, {"log_probs", to_string(x.shape())}},
         .expected = "a class, from 0"});
  std::vector<double> p = cast(x, DType::f64).to_vector<double>();
  const auto bad = std::ranges::find_if(p, [](double v) { return !(v < INFINITY); });
  if (bad != p.end()) {
    const std::int64_t at = bad - p.begin(), classes = x.shape()[1];
    throw NumericError({.operation = operation,
                        .problem = "log_probs are no logarithms of probabilities",
                        .received = {{"step", std::to_string(at / classes)},
                                     {"class", std::to_string(at % classes)}},
                        .expected = "numbers, or -infinity for what cannot be",
                        .hint = "NaN and infinity come of training that diverged"});
  }
  return p;
}

/// The texts that were ever in the beam, each once: a label after another text.
class CtcTexts {
 public:
  static constexpr std::size_t empty = 0;

  std::size_t add(std::size_t before, std::int64_t label, double language) {
    const auto [at, fresh] = ids_.try_emplace({before, label}, nodes_.size());
    if (fresh) nodes_.push_back({before, label, language});
    return at->second;
  }
  /// The text that `before` and a label make, if it was ever in the beam; else `empty`.
  std::size_t find(std::size_t before, std::int64_t label) const {
    const auto at = ids_.find({before, label});
    return at == ids_.end() ? empty : at->second;
  }
  std::size_t before(std::size_t id) const { return nodes_[id].before; }
  std::int64_t last(std::size_t id) const { return nodes_[id].label; }
  double language(std::size_t id) const { return nodes_[id].language; }
  std::vector<std::int64_t> labels(std::size_t id) const {
    std::vector<std::int64_t> out;
    for (; id != empty; id = before(id)) out.push_back(last(id));
    std::ranges::reverse(out);
    return out;
  }

 private:
  struct Node {
    std::size_t before;
    std::int64_t label;
    double language;  // what the language model said, in all
  };
  std::vector<Node> nodes_{{empty, -1, 0}};
  std::map<std::pair<std::size_t, std::int64_t>, std::size_t> ids_;
};

/// A text in the beam, or about to be: paths that spell it and end in a blank, and in its label.
struct CtcBeam {
  std::size_t before = CtcTexts::empty;
  std::int64_t label = -1;
  double language = 0, in_blank = never, in_label = never;

  double paths() const { return add_logs(in_blank, in_label); }
  double score() const { return paths() + language; }
};

/// What a step makes of a beam, each text once, in the order in which they came up.
class CtcGrown {
 public:
  CtcBeam& get(std::size_t before, std::int64_t label, auto&& language) {
    const auto [at, fresh] = places_.try_emplace({before, label}, beams.size());
    if (fresh) beams.push_back({before, label, language()});
    return beams[at->second];
  }
  std::vector<CtcBeam> beams;

 private:
  std::map<std::pair<std::size_t, std::int64_t>, std::size_t> places_;
};

}  // namespace

CtcText ctc_greedy(const Tensor& log_probs, std::int64_t blank, Where where) {
  return located(where, [&] {
    const std::vector<double> p = checked_steps("ctc_greedy", log_probs, blank);
    const std::int64_t steps = log_probs.shape()[0], classes = log_probs.shape()[1];
    CtcText out;
    std::int64_t before = blank;
    for (std::int64_t t = 0; t < steps; ++t) {
      const auto row = p.begin() + t * classes;
      const std::int64_t best = std::max_element(row, row + classes) - row;
      out.score += row[best];
      if (best != blank && best != before) {
        out.labels.push_back(best);
        out.steps.push_back(t);
      }
      before = best;
    }
    return out;
  });
}

std::vector<CtcText> ctc_beam_search(const Tensor& log_probs, const CtcBeamOptions& options,
                                     Where where) {
  return located(where, [&] {
    if (options.beam_width == 0)
      throw ValueError({.operation = "ctc_beam_search",
                        .problem = "the beam has no width",
                        .received = {{"beam_width", "0"}},
                        .expected = "1 and more"});
    const std::vector<double> p = checked_steps("ctc_beam_search", log_probs, options.blank);
    const std::int64_t steps = log_probs.shape()[0], classes = log_probs.shape()[1];
    CtcTexts texts;
    std::vector<CtcBeam> alive{{.in_blank = 0}};
    for (std::int64_t t = 0; t < steps; ++t) {
      CtcGrown grown;
      for (const CtcBeam& beam : alive) {
        const bool first = beam.label < 0;
        const std::size_t id =
            first ? CtcTexts::empty : texts.add(beam.before, beam.label, beam.language);
        const auto same = [&] { return beam.language; };
        for (std::int64_t label = 0; label < classes; ++label) {
          const double q = p[static_cast<std::size_t>(t * classes + label)];
          if (q == never) continue;
          if (label == options.blank) {
            CtcBeam& next = grown.get(beam.before, beam.label, same);
            next.in_blank = add_logs(next.in_blank, beam.paths() + q);
            continue;
          }
          // Twice the last label is one label, unless there was a blank between.
          const bool again = label == beam.label;
          if (again && beam.in_label != never) {
            CtcBeam& next = grown.get(beam.before, beam.label, same);
            next.in_label = add_logs(next.in_label, beam.in_label + q);
          }
          const double paths = again ? beam.in_blank : beam.paths();
          if (paths == never) continue;
          CtcBeam& next = grown.get(id, label, [&] {
            if (!options.language_model) return 0.0;
            const std::size_t known = texts.find(id, label);
            return known != CtcTexts::empty
                       ? texts.language(known)
                       : beam.language + options.language_model(texts.labels(id), label);
          });
          next.in_label = add_logs(next.in_label, paths + q);
        }
      }
      std::ranges::stable_sort(grown.beams, std::greater{}, &CtcBeam::score);
      if (grown.beams.size() > options.beam_width) grown.beams.resize(options.beam_width);
      alive = std::move(grown.beams);
    }
    std::vector<CtcText> out;
    for (const CtcBeam& beam : alive) {
      if (out.size() == options.nbest) break;
      std::vector<std::int64_t> labels;
      if (beam.label >= 0) {
        labels = texts.labels(beam.before);
        labels.push_back(beam.label);
      }
      out.push_back({std::move(labels), {}, beam.score()});
    }
    return out;
  });
}

}  // namespace fathom::text
