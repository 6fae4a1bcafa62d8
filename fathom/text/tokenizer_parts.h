// Private to fathom/text: what a tokenizer is put together from, by its readers.
#pragma once
#include <functional>
#include <string>

#include "fathom/text/parts.h"
#include "fathom/text/tokenizer.h"

namespace fathom::text {

/// All but the model may be absent.
struct Parts {
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> pre_tokenizer;
  std::unique_ptr<Model> model;
  std::unique_ptr<PostProcessor> post_processor;
  std::unique_ptr<Decoder> decoder;
  std::vector<AddedToken> added;
  std::optional<Truncation> truncation;
  std::optional<Padding> padding;
};

/// Of the text of a tokenizer.json; errors name the source.
Parts read_tokenizer_json(std::string_view json, const std::string& source);
/// The same but for its model, which may be absent.
Parts read_parts_without_model(std::string_view json, const std::string& source);
/// The parts but the model as they stand in a tokenizer.json: {"normalizer": ..., "decoder": ...}.
void read_parts(const Field& field, Parts& parts);
/// The same from a text that is known to be right.
Parts parts_of(const char* json);

OrderedJson truncation_json(const std::optional<Truncation>& truncation);
OrderedJson padding_json(const std::optional<Padding>& padding);
OrderedJson added_token_json(std::uint32_t id, const AddedToken& token);

Parts read_vocab_txt(const std::string& path);
Parts read_vocab_json(const std::string& path);
Parts read_clip_merges(const std::string& path);
Parts read_sentencepiece(const std::string& path);
Parts read_llama2c(const std::string& path);
Parts read_gguf_vocabulary(const std::string& path);

}  // namespace fathom::text
