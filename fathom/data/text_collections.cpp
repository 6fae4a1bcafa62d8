// The collections of texts that everybody knows: data::imdb() and its kin, of texts.h.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "fathom/core/error.h"
#include "fathom/data/texts.h"
#include "fathom/graph/context.h"
#include "fathom/io/file.h"

namespace fathom::data {
namespace {

const std::vector<std::string> kinds = {"negative", "positive"};

/// $FATHOM_DATA/`below`.
std::string text_path(const std::string& name, const std::string& below) {
  const char* root = std::getenv("FATHOM_DATA");
  if (!root || !*root)
    throw IoError({.operation = "data set " + name,
                   .problem = "the environment variable FATHOM_DATA is not set",
                   .expected = "a folder that holds " + below,
                   .hint = "export FATHOM_DATA=/path/to/data"});
  return std::string(root) + "/" + below;
}

void require_file(const std::string& name, const std::string& path) {
  if (io::exists(path)) return;
  throw IoError({.operation = "data set " + name,
                 .problem = "the file is missing",
                 .received = {{"file", path}},
                 .hint = "FATHOM_DATA must name the folder above text/"});
}

/// One part of the collection as it was published, in the order of the files' names.
Texts published_part(const std::string& folder) {
  Texts part{.name = "imdb", .texts = {}, .labels = {}, .class_names = kinds};
  std::vector<std::int64_t> labels;
  for (const std::int64_t label : {0, 1}) {
    const std::string reviews = folder + (label ? "/pos" : "/neg");
    if (!std::filesystem::is_directory(reviews))
      throw IoError({.operation = "data set imdb",
                     .problem = "the folder is missing",
                     .received = {{"folder", reviews}},
                     .expected = "train and test, each with pos and neg",
                     .hint = "unpack the whole archive"});
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(reviews))
      if (entry.path().extension() == ".txt") paths.push_back(entry.path().string());
    std::ranges::sort(paths);
    for (const std::string& path : paths) {
      part.texts.push_back(io::read_text(path));
      labels.push_back(label);
    }
  }
  part.labels = Tensor::from(labels);
  return part;
}

}  // namespace

TextSplit imdb(Where where) {
  const graph::CallScope call(where);
  const auto path = [](const char* part) {
    return text_path("imdb", std::string("text/imdb-") + part + "-5000.tsv.gz");
  };
  const std::string published = text_path("imdb", "aclImdb");
  if (!io::exists(path("train")) && io::exists(published + "/train/pos"))
    return {published_part(published + "/train"), published_part(published + "/test")};
  const auto load = [&](const char* part) {
    require_file("imdb", path(part));
    Texts texts = load_texts(path(part), "text", "label");
    texts.name = "imdb";
    texts.class_names = kinds;
    return texts;
  };
  return {load("train"), load("test")};
}

TextSplit rotten_tomatoes(Where where) {
  const graph::CallScope call(where);
  Texts all{.name = "rotten_tomatoes", .texts = {}, .labels = {}, .class_names = kinds};
  std::vector<std::int64_t> labels;
  for (const std::int64_t label : {0, 1}) {
    const std::string path =
        text_path("rotten_tomatoes", label ? "text/rt-polarity.pos" : "text/rt-polarity.neg");
    require_file("rotten_tomatoes", path);
    for (std::string& line : load_lines(path)) {
      all.texts.push_back(std::move(line));
      labels.push_back(label);
    }
  }
  all.labels = Tensor::from(labels);
  return split(all, 0.1, 0);
}

std::string tiny_shakespeare(Where where) {
  const graph::CallScope call(where);
  const std::string path = text_path("tiny_shakespeare", "text/tinyshakespeare.txt");
  require_file("tiny_shakespeare", path);
  return io::read_text(path);
}

}  // namespace fathom::data
