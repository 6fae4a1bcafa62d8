#include "fathom/io/weight_match.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace fathom::io::detail {
namespace {

// Names of Keras and TensorFlow for what PyTorch calls otherwise.
constexpr std::pair<std::string_view, std::string_view> same_roles[] = {
    {"gamma", "weight"},
    {"beta", "bias"},
    {"kernel", "weight"},
    {"embeddings", "weight"},
    {"moving_mean", "running_mean"},
    {"moving_variance", "running_var"}};

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  while (!name.empty()) {
    const std::size_t end = name.find_first_of("./");
    parts.push_back(name.substr(0, end));
    name.remove_prefix(end == name.npos ? name.size() : end + 1);
  }
  if (!parts.empty())
    for (const auto& [other, own] : same_roles)
      if (parts.back() == other) parts.back() = own;
  return parts;
}

std::size_t common_end(std::span<const std::string_view> a, std::span<const std::string_view> b) {
  std::size_t count = 0;
  while (count < a.size() && count < b.size() && a[a.size() - 1 - count] == b[b.size() - 1 - count])
    ++count;
  return count;
}

class Matcher {
 public:
  Matcher(std::span<const nn::NamedTensor> targets, std::span<const NamedTensor> sources)
      : targets_(targets), sources_(sources) {
    for (const nn::NamedTensor& t : targets) target_parts_.push_back(parts_of(t.name));
    for (const NamedTensor& s : sources) source_parts_.push_back(parts_of(s.first));
    target_done_.resize(targets.size());
    source_done_.resize(sources.size());
  }

  std::vector<WeightMatch> run() {
    by_name();
    by_end();
    by_order();
    std::ranges::sort(matches_, {}, &WeightMatch::target);
    return std::move(matches_);
  }

 private:
  void take(std::size_t target, std::size_t source, const char* how) {
    target_done_[target] = source_done_[source] = true;
    matches_.push_back({target, source, how});
  }
  bool same_shape(std::size_t target, std::size_t source) const {
    return targets_[target].tensor.shape() == sources_[source].second.shape();
  }

  void by_name() {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t s = 0; s < sources_.size(); ++s) places.emplace(sources_[s].first, s);
    for (std::size_t t = 0; t < targets_.size(); ++t)
      if (const auto found = places.find(targets_[t].name); found != places.end())
        take(t, found->second, "name");
  }

  // The best partner of each, where there is one best; those who chose each other are matched.
  void by_end() {
    constexpr std::size_t none = ~std::size_t{0};
    struct Best {
      std::size_t length = 0, place = none;
      void offer(std::size_t more, std::size_t at) {
        if (more > length)
          length = more, place = at;
        else if (more == length)
          place = none;
      }
    };
    std::vector<Best> of_target(targets_.size()), of_source(sources_.size());
    for (std::size_t t = 0; t < targets_.size(); ++t)
      for (std::size_t s = 0; s < sources_.size(); ++s) {
        if (target_done_[t] || source_done_[s] || !same_shape(t, s)) continue;
        const std::size_t length = common_end(target_parts_[t], source_parts_[s]);
        const std::size_t shorter = std::min(target_parts_[t].size(), source_parts_[s].size());
        if (length < std::min<std::size_t>(2, shorter)) continue;
        of_target[t].offer(length, s);
        of_source[s].offer(length, t);
      }
    for (std::size_t t = 0; t < targets_.size(); ++t)
      if (const std::size_t s = of_target[t].place; s != none && of_source[s].place == t)
        take(t, s, "end of the name");
  }

  void by_order() {
    using Kind = std::pair<std::string, std::vector<std::int64_t>>;
    std::map<Kind, std::pair<std::vector<std::size_t>, std::vector<std::size_t>>> groups;
    const auto kind_of = [](const std::vector<std::string_view>& parts, const Shape& shape) {
      return Kind(parts.empty() ? std::string() : std::string(parts.back()),
                  {shape.begin(), shape.end()});
    };
    for (std::size_t t = 0; t < targets_.size(); ++t)
      if (!target_done_[t])
        groups[kind_of(target_parts_[t], targets_[t].tensor.shape())].first.push_back(t);
    for (std::size_t s = 0; s < sources_.size(); ++s)
      if (!source_done_[s])
        groups[kind_of(source_parts_[s], sources_[s].second.shape())].second.push_back(s);
    for (const auto& [kind, members] : groups)
      if (members.first.size() == members.second.size())
        for (std::size_t i = 0; i < members.first.size(); ++i)
          take(members.first[i], members.second[i], "order and shape");
  }

  std::span<const nn::NamedTensor> targets_;
  std::span<const NamedTensor> sources_;
  std::vector<std::vector<std::string_view>> target_parts_, source_parts_;
  std::vector<bool> target_done_, source_done_;
  std::vector<WeightMatch> matches_;
};

}  // namespace

std::vector<WeightMatch> match_weights(std::span<const nn::NamedTensor> targets,
                                       std::span<const NamedTensor> sources) {
  return Matcher(targets, sources).run();
}

}  // namespace fathom::io::detail
