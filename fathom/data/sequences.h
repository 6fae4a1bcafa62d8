// Sequences of ids of different lengths in batches: padded, in bags one after another, and put
// together by length; and lines of files that do not fit into memory.
//
//   const data::Source<data::Sequence> train = data::sequences(ids, labels, {.longest = 200});
//   for (const data::Sequence& batch : data::loader(train, {
//            .batch_sampler = data::by_length(data::lengths_of(ids), 64)})) ...
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fathom/data/loader.h"
#include "fathom/io/line_file.h"

namespace fathom::data {

/// Ids of one text.
using Ids = std::vector<std::int64_t>;

/// How sequences become a rectangle.
struct PadOptions {
  std::int64_t value = 0;    ///< what stands behind the end of a sequence
  std::int64_t longest = 0;  ///< what is behind so many ids is cut off; 0: nothing is
  /// Lengths are rounded up to a multiple: batches then come in few shapes, for each of which a
  /// plan is made once.
  std::int64_t multiple = 1;
};
/// Sequences as rows: torch.nn.utils.rnn.pad_sequence. Shapes: -> i64 (B, L), L being the longest
/// length, at least 1 and rounded up. Errors: ValueError for a multiple below 1, a longest below 0.
Tensor pad_sequences(std::span<const Ids> sequences, const PadOptions& options = {},
                     Where where = Where::current());
/// i64 (B): the length of each, at most `longest`, if that is given.
Tensor lengths_of(std::span<const Ids> sequences, std::int64_t longest = 0);

/// A batch of padded sequences.
struct Sequence {
  Tensor labels;   ///< i64 (B)
  Tensor tokens;   ///< i64 (B, L)
  Tensor lengths;  ///< i64 (B), as recurrent layers take them
};
/// Sequences, each batch padded by itself. Errors: ShapeError unless there is a label for each.
Source<Sequence> sequences(std::vector<Ids> ids, const Tensor& labels,
                           const PadOptions& options = {}, Where where = Where::current());

/// A batch of sequences one after another, as embedding_bag takes them with include_last_offset.
struct Bags {
  Tensor labels;   ///< i64 (B)
  Tensor tokens;   ///< i64 (n)
  Tensor offsets;  ///< i64 (B + 1): where each bag begins, and the end of the last
};
/// Sequences as bags; behind the last there are ids `value` that belong to none, so that n is a
/// multiple. Errors: ShapeError unless there is a label for each.
Source<Bags> bags(std::vector<Ids> ids, const Tensor& labels, const PadOptions& options = {},
                  Where where = Where::current());

/// Batches of sequences of about the same length, so that little is padded: rows are shuffled,
/// sorted within stretches of `stretch` batches, and the batches shuffled. Decided by (seed, epoch)
/// alone. Shapes: lengths i64 (N). Errors: ValueError for a batch size or a stretch below 1.
BatchSampler by_length(const Tensor& lengths, std::int64_t batch_size, std::int64_t stretch = 100,
                       Where where = Where::current());

/// Lines of files, one file after another, as samples that come one after another: only a piece of
/// a file is in memory. `parse` makes a sample of a line, `collate` a batch of a list of samples.
/// An error of `parse` names the file and the line. Errors: IoError, when the file's turn comes.
template <class F, class C>
auto lines(std::vector<std::string> paths, F parse, C collate, Where where = Where::current()) {
  using Sample = std::invoke_result_t<F&, const std::string&>;
  const auto begin = [paths = std::move(paths), parse, where](const Draw&) {
    struct State {
      std::vector<std::string> paths;
      std::size_t next = 0;
      std::optional<io::LineFile> file = {};
    };
    return [state = std::make_shared<State>(State{paths}), parse,
            where]() mutable -> std::optional<Sample> {
      std::string line;
      while (!state->file || !state->file->next(line)) {
        if (state->next == state->paths.size()) return std::nullopt;
        state->file.emplace(state->paths[state->next++], where);
      }
      try {
        return parse(line);
      } catch (Error& error) {
        error.change([&](ErrorInfo info) {
          info.received.emplace_back(
              "line", state->paths[state->next - 1] + ":" + std::to_string(state->file->number()));
          return info;
        });
        throw;
      }
    };
  };
  return generate(begin, std::move(collate));
}

}  // namespace fathom::data
