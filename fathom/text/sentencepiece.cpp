// SentencePiece models, and llama2.c's and GGUF's vocabularies that were made of them. The file is
// a protobuf message of two kinds of fields that matter, read here by its wire format.
#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>

#include "fathom/core/error.h"
#include "fathom/io/file.h"
#include "fathom/io/gguf.h"
#include "fathom/text/models.h"
#include "fathom/text/scored_pieces.h"
#include "fathom/text/tokenizer_parts.h"

namespace fathom::text {
namespace {

[[noreturn]] void bad_model(const std::string& path, const std::string& problem,
                            const std::string& expected) {
  throw FormatError({.operation = "SentencePiece model",
                     .problem = problem,
                     .received = {{"file", path}},
                     .expected = expected});
}

/// The fields of a protobuf message, one after the other.
class Message {
 public:
  Message(io::ByteView bytes, const std::string& path) : bytes_(bytes), path_(path) {}
  /// Goes to the next field; false at the end.
  bool next() {
    if (at_ == bytes_.size()) return false;
    const std::uint64_t key = varint();
    field = key >> 3;
    wire = static_cast<int>(key & 7);
    std::uint64_t length = 0;
    if (wire == 0) {
      number = varint();
      return true;
    }
    if (wire == 1) length = 8;
    if (wire == 2) length = varint();
    if (wire == 5) length = 4;
    if (wire == 3 || wire == 4 || wire > 5)
      bad_model(path_, "an unknown kind of field", "protobuf");
    if (length > bytes_.size() - at_) bad_model(path_, "the file ends too early", "a whole model");
    content = bytes_.subspan(at_, length);
    at_ += length;
    return true;
  }
  std::uint64_t field = 0, number = 0;
  int wire = 0;
  io::ByteView content;

  std::string text() const {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
  }
  float real() const {
    float value = 0;
    if (content.size() == 4) std::memcpy(&value, content.data(), 4);
    return value;
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) bad_model(path_, "the file ends too early", "a whole model");
      const std::uint8_t byte = bytes_[at_++];
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    bad_model(path_, "a number too long", "protobuf");
  }
  io::ByteView bytes_;
  const std::string& path_;
  std::size_t at_ = 0;
};

struct SpmFile {
  ScoredPieces pieces;
  int model_type = 1;  // 1 unigram, 2 bpe, 3 word, 4 char
  bool byte_fallback = false, add_dummy_prefix = true, remove_extra_whitespaces = true,
       escape_whitespaces = true, whitespace_as_suffix = false;
  std::string charsmap;
};

SpmFile read_file(const std::string& path) {
  const io::Bytes bytes = io::read_file(path);
  SpmFile out;
  Message model(bytes, path);
  while (model.next()) {
    Message part(model.content, path);
    if (model.wire != 2) continue;
    if (model.field == 1) {
      ScoredPiece piece;
      while (part.next()) {
        if (part.field == 1 && part.wire == 2) piece.text = part.text();
        if (part.field == 2) piece.score = part.real();
        if (part.field == 3)
          piece.kind = static_cast<PieceKind>(std::min<std::uint64_t>(part.number, 7));
      }
      if (find_invalid_utf8(piece.text) != std::string_view::npos)
        bad_model(path, "a piece is not UTF-8", "pieces in UTF-8");
      out.pieces.push_back(std::move(piece));
    } else if (model.field == 2) {
      while (part.next()) {
        if (part.field == 3)
          out.model_type = static_cast<int>(std::min<std::uint64_t>(part.number, 9));
        if (part.field == 35) out.byte_fallback = part.number != 0;
        if (part.field == 24) out.whitespace_as_suffix = part.number != 0;
      }
    } else if (model.field == 3) {
      while (part.next()) {
        if (part.field == 2 && part.wire == 2) out.charsmap = part.text();
        if (part.field == 3) out.add_dummy_prefix = part.number != 0;
        if (part.field == 4) out.remove_extra_whitespaces = part.number != 0;
        if (part.field == 5) out.escape_whitespaces = part.number != 0;
      }
    }
  }
  if (out.pieces.empty()) bad_model(path, "no pieces", "a SentencePiece model");
  return out;
}

}  // namespace

Parts read_sentencepiece(const std::string& path) {
  const SpmFile file = read_file(path);
  const auto lacks = [&](const char* what) {
    throw UnsupportedError(
        {.operation = "SentencePiece model",
         .problem = std::string("Fathom has not: ") + what,
         .received = {{"file", path}},
         .expected = "a model of pieces (unigram, BPE) or characters with blanks before words"});
  };
  if (file.model_type < 1 || file.model_type == 3 || file.model_type > 4) lacks("models of words");
  if (file.whitespace_as_suffix) lacks("treat_whitespace_as_suffix");
  if (!file.escape_whitespaces) lacks("escape_whitespaces = false");
  SpmSettings settings{.unigram = file.model_type == 1,
                       .byte_fallback = file.byte_fallback,
                       .add_prefix = file.add_dummy_prefix,
                       .remove_extra = file.remove_extra_whitespaces,
                       .merges = file.model_type == 2,
                       .charsmap = file.charsmap};
  return parts_of_pieces(file.pieces, settings, path);
}

// llama2.c's tokenizer.bin: the longest token's length, then score, length and bytes of each.
Parts read_llama2c(const std::string& path) {
  const io::Bytes bytes = io::read_file(path);
  std::size_t at = 4;
  const auto word = [&](auto& value) {
    if (bytes.size() < at + 4 || bytes.size() < 4)
      throw FormatError({.operation = "tokenizer.bin",
                         .problem = "the file ends too early",
                         .received = {{"file", path}, {"at byte", std::to_string(at)}},
                         .expected = "score, length and bytes of each token"});
    std::memcpy(&value, bytes.data() + at, 4);
    at += 4;
  };
  ScoredPieces pieces;
  while (at < bytes.size() || pieces.empty()) {
    ScoredPiece piece;
    std::uint32_t length = 0;
    word(piece.score);
    word(length);
    if (length > bytes.size() - at || at > bytes.size())
      throw FormatError({.operation = "tokenizer.bin",
                         .problem = "a token reaches beyond the end",
                         .received = {{"file", path}, {"at byte", std::to_string(at)}},
                         .expected = "score, length and bytes of each token"});
    piece.text.assign(reinterpret_cast<const char*>(bytes.data()) + at, length);
    at += length;
    // The file's texts are those to be printed: blanks and line ends in place of SentencePiece's
    // marks. The first three tokens are the unknown one and the text's begin and end.
    if (find_invalid_utf8(piece.text) != std::string_view::npos)
      piece.text = repaired_utf8(piece.text);
    const std::size_t id = pieces.size();
    if (id == 0) piece.kind = PieceKind::unknown;
    if (id == 1 || id == 2) piece.kind = PieceKind::control, piece.text = id == 1 ? "<s>" : "</s>";
    if (id >= 3 && is_byte_name(piece.text)) piece.kind = PieceKind::byte;
    std::string text;
    for (const char c : piece.text)
      text += c == ' ' ? std::string("\xE2\x96\x81") : std::string(1, c);
    piece.text = std::move(text);
    pieces.push_back(std::move(piece));
  }
  return parts_of_pieces(
      pieces, {.unigram = false, .byte_fallback = true, .add_prefix = true, .remove_extra = false},
      path);
}

}  // namespace fathom::text
