// How a classifier reads texts: as bags of the words and word pairs that it knows.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fathom/data/sequences.h"
#include "fathom/data/texts.h"
#include "fathom/text/words.h"

namespace fathom::train {

/// The name of the network for texts (models/text_bag.h).
inline constexpr const char* text_model = "text_bag";

/// Turns texts into what models::TextBag takes. Words are basic_english's; of a text those that the
/// vocabulary has count, id 0 being padding.
struct TextReader {
  text::Vocab vocab = text::Vocab::of({"<pad>"});
  std::int64_t ngrams = 2;        ///< words in a row that are a term too
  std::int64_t most_words = 512;  ///< of a text; what follows is not read
  std::string column = {};        ///< of a table, where it has a header

  /// A vocabulary of the terms that come at least twice. Errors: FormatError for a text that is not
  /// UTF-8.
  static TextReader learn(const data::Texts& texts);

  data::Ids ids(const std::string& text) const;
  std::vector<data::Ids> ids(std::span<const std::string> texts) const;
  /// Shapes: -> i64 (texts, L), padded.
  Tensor operator()(std::span<const std::string> texts) const;
  /// The texts as a network learns them; they are split into words once.
  data::Source<data::Batch> source(const data::Texts& texts) const;
};

}  // namespace fathom::train
