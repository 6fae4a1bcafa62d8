// Analogies of a file of questions, many at a time.
#include <algorithm>
#include <array>

#include "fathom/core/error.h"
#include "fathom/text/unicode.h"
#include "fathom/text/utf8.h"
#include "fathom/text/word_vectors.h"

namespace fathom::text {
namespace {

std::string lower_case(std::string_view text) {
  std::string out;
  for_each_character(text, [&](char32_t c, std::size_t, std::size_t) {
    char32_t lower[2];
    const int letters = unicode::to_lower(c, lower);
    for (int k = 0; k < letters; ++k) append_utf8(out, lower[k]);
  });
  return out;
}

using Question = std::array<std::int64_t, 4>;
/// A section of the file; a word without a vector has the number -1.
struct Section {
  std::string name;
  std::vector<Question> questions;
};

std::vector<Section> read_questions(const std::string& path,
                                    const std::unordered_map<std::string, std::int64_t>& places) {
  constexpr const char* blanks = " \t\r";
  std::vector<Section> sections;
  const std::string text = io::read_text(path);
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    const auto refuse = [&](const char* problem) {
      throw FormatError({.operation = "evaluate_analogies",
                         .problem = problem,
                         .received = {{"file", path},
                                      {"line", std::to_string(number)},
                                      {"text", repaired_utf8(line).substr(0, 80)}},
                         .expected = "\": section\", then lines of four words"});
    };
    if (find_invalid_utf8(line) != std::string::npos) refuse("a line that is not UTF-8");
    if (line.starts_with(':')) {
      const std::size_t name = std::min(line.find_first_not_of(blanks, 1), line.size());
      sections.push_back({line.substr(name, line.find_last_not_of(blanks) + 1 - name), {}});
      continue;
    }
    std::vector<std::int64_t> ids;
    for (std::size_t at = 0; (at = line.find_first_not_of(blanks, at)) != std::string::npos;) {
      const std::size_t stop = std::min(line.find_first_of(blanks, at), line.size());
      const auto place = places.find(lower_case(line.substr(at, stop - at)));
      ids.push_back(place == places.end() ? -1 : place->second);
      at = stop;
    }
    if (ids.empty()) continue;
    if (ids.size() != 4) refuse("a question that has not four words");
    if (sections.empty()) refuse("a question before the first section");
    sections.back().questions.push_back({ids[0], ids[1], ids[2], ids[3]});
  }
  return sections;
}

/// Whether d is the word nearest to b - a + c that is none of them.
bool is_right(const Question& question, const float* similarity,
              std::span<const std::int64_t> stands_for) {
  std::size_t answer = stands_for.size();
  for (std::size_t i = 0; i < stands_for.size(); ++i)
    if (std::find(question.begin(), question.end() - 1, stands_for[i]) == question.end() - 1 &&
        (answer == stands_for.size() || similarity[i] > similarity[answer]))
      answer = i;
  return answer < stands_for.size() && stands_for[answer] == question[3];
}

}  // namespace

std::vector<AnalogyScore> WordVectors::evaluate_analogies(const std::string& path,
                                                          std::size_t among, Where where) const {
  return located(where, [&] {
    if (among == 0 || among > size()) among = size();
    // Of words that differ by case alone the most frequent one stands for all.
    std::unordered_map<std::string, std::int64_t> places;
    std::vector<std::int64_t> stands_for(among);
    for (std::size_t i = 0; i < among; ++i)
      stands_for[i] =
          places.try_emplace(lower_case(words_[i]), static_cast<std::int64_t>(i)).first->second;

    std::vector<AnalogyScore> scores;
    AnalogyScore total{.section = "Total accuracy"};
    for (const Section& section : read_questions(path, places)) {
      AnalogyScore score{.section = section.name};
      std::vector<Question> asked;
      std::ranges::copy_if(section.questions, std::back_inserter(asked), [](const auto& question) {
        return std::ranges::find(question, -1) == question.end();
      });
      score.asked = asked.size();
      score.left_out = section.questions.size() - asked.size();
      constexpr std::size_t at_once = 64;
      const double weights[3] = {-1, 1, 1};
      for (std::size_t first = 0; first < asked.size(); first += at_once) {
        const auto now = std::span(asked).subspan(first, std::min(at_once, asked.size() - first));
        std::vector<float> queries;
        for (const Question& question : now) {
          const auto query = direction({question.data(), 3}, weights);
          queries.insert(queries.end(), query.begin(), query.end());
        }
        const std::vector<float> near = similarities(queries, among);
        for (std::size_t k = 0; k < now.size(); ++k)
          score.correct += is_right(now[k], near.data() + k * among, stands_for);
      }
      total.correct += score.correct;
      total.asked += score.asked;
      total.left_out += score.left_out;
      scores.push_back(std::move(score));
    }
    scores.push_back(std::move(total));
    return scores;
  });
}

}  // namespace fathom::text
