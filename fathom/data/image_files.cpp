#include "fathom/data/image_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "fathom/core/error.h"
#include "fathom/data/dataset.h"
#include "fathom/graph/context.h"
#include "fathom/io/csv.h"
#include "fathom/io/tar.h"

namespace fathom::data {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& name) {
  return std::ranges::any_of(name, [](const fs::path& p) { return p.string().starts_with('.'); });
}

bool is_tar(const std::string& path) {
  std::error_code ignored;
  return path.ends_with(".tar") && !fs::is_directory(path, ignored);
}

/// A file of a class: "cat/1.jpg", and the number that its bytes are asked for by.
struct Found {
  std::string name;
  std::size_t number;
};

/// Sorts files below their first folder, the class. `folders` are classes that may have none.
ImageFiles of_classes(const std::string& path, std::vector<Found> found,
                      std::set<std::string> folders, std::vector<std::size_t>& order) {
  std::map<std::string, std::vector<Found>> classes;
  for (const std::string& folder : folders) classes[folder];
  for (Found& file : found) {
    const std::size_t slash = file.name.find('/');
    if (slash == std::string::npos) continue;  // beside the classes
    std::vector<Found>& list = classes[file.name.substr(0, slash)];
    if (io::has_image_name(file.name)) list.push_back(std::move(file));
  }
  if (classes.empty())
    throw ValueError({.operation = "data::image_folder",
                      .problem = "there are no folders of pictures",
                      .received = {{"path", path}},
                      .expected = "a folder for each class, with its pictures"});
  ImageFiles files;
  for (auto& [name, list] : classes) {
    if (list.empty())
      throw ValueError({.operation = "data::image_folder",
                        .problem = "a class without pictures",
                        .received = {{"path", path}, {"class", name}},
                        .expected = "files that end in .jpg, .png, .webp, .bmp or .ppm"});
    std::ranges::sort(list, {}, &Found::name);
    for (const Found& file : list) {
      files.names.push_back(path + "/" + file.name);
      files.labels.push_back(static_cast<std::int64_t>(files.class_names.size()));
      order.push_back(file.number);
    }
    files.class_names.push_back(name);
  }
  return files;
}

ImageFiles of_tar(const std::string& path, const std::string& part) {
  const auto archive = std::make_shared<const io::TarFile>(path);
  const std::string begin = part.empty() ? "" : part + "/";
  std::vector<Found> found;
  for (std::size_t i = 0; i < archive->entries().size(); ++i) {
    const std::string& name = archive->entries()[i].name;
    if (name.starts_with(begin) && !is_hidden(name))
      found.push_back({name.substr(begin.size()), i});
  }
  std::vector<std::size_t> order;
  ImageFiles files =
      of_classes(part.empty() ? path : path + "/" + part, std::move(found), {}, order);
  files.bytes = [archive, order = std::move(order)](std::int64_t i) {
    return archive->read(archive->entries()[order[static_cast<std::size_t>(i)]]);
  };
  return files;
}

ImageFiles of_folder(const std::string& path) {
  std::error_code failed;
  std::vector<Found> found;
  std::set<std::string> folders;
  const auto options = fs::directory_options::follow_directory_symlink;
  for (fs::recursive_directory_iterator it(path, options, failed), end; !failed && it != end;
       it.increment(failed)) {
    const fs::path name = it->path().lexically_relative(path);
    if (is_hidden(name)) {
      it.disable_recursion_pending();
      continue;
    }
    if (it.depth() > 32)
      throw IoError({.operation = "data::image_folder",
                     .problem = "folders within folders without end",
                     .received = {{"path", it->path().string()}}});
    std::error_code ignored;
    if (it->is_directory(ignored)) {
      if (it.depth() == 0) folders.insert(name.string());
    } else {
      found.push_back({name.generic_string(), 0});
    }
  }
  if (failed)
    throw IoError({.operation = "data::image_folder",
                   .problem = "the folder cannot be read: " + failed.message(),
                   .received = {{"path", path}}});
  std::vector<std::size_t> order;
  ImageFiles files = of_classes(path, std::move(found), std::move(folders), order);
  files.bytes = [names = files.names](std::int64_t i) {
    return io::read_file(names[static_cast<std::size_t>(i)]);
  };
  return files;
}

/// The folders at the top of a folder or archive.
std::set<std::string> top_folders(const std::string& path) {
  std::set<std::string> names;
  if (is_tar(path)) {
    const io::TarFile archive(path);
    for (const io::TarEntry& entry : archive.entries())
      if (const std::size_t slash = entry.name.find('/'); slash != std::string::npos)
        names.insert(entry.name.substr(0, slash));
    return names;
  }
  std::error_code failed;
  for (fs::directory_iterator it(path, failed), end; !failed && it != end; it.increment(failed))
    if (std::error_code ignored; it->is_directory(ignored))
      names.insert(it->path().filename().string());
  return names;
}

}  // namespace

Tensor ImageFiles::picture(std::int64_t i, Where where) const {
  const graph::CallScope call(where);
  require_row_numbers("data::ImageFiles", std::array{i}, size());
  return io::decode_image(bytes(i), options, names[static_cast<std::size_t>(i)]);
}

ImageFiles image_folder(const std::string& path, const std::string& part, Where where) {
  const graph::CallScope call(where);
  if (is_tar(path)) return of_tar(path, part);
  return of_folder(part.empty() ? path : path + "/" + part);
}

ImageFiles image_list(const std::string& path, std::string_view image, std::string_view label,
                      Where where) {
  const graph::CallScope call(where);
  // Names of columns need a header; where numbers stand for them, one is told by its first field.
  const auto is_name = [](std::string_view column) { return !io::is_number(column); };
  const bool named = is_name(image) || is_name(label);
  io::CsvTable table =
      io::load_csv(path, {.header = named ? io::CsvHeader::present : io::CsvHeader::absent});
  if (!named && !table.rows.empty() &&
      !io::has_image_name(table.rows.front().fields[table.column(image)]))
    table.rows.erase(table.rows.begin());
  if (table.rows.empty())
    throw ValueError({.operation = "data::image_list",
                      .problem = "there are no rows",
                      .received = {{"path", path}}});
  const std::size_t names = table.column(image);
  auto [labels, classes] = io::column_to_classes(table, table.column(label));
  ImageFiles files;
  const fs::path folder = fs::path(path).parent_path();
  for (const io::CsvRow& row : table.rows)
    files.names.push_back((folder / row.fields[names]).string());
  files.labels = labels.to_vector<std::int64_t>();
  files.class_names = std::move(classes);
  files.bytes = [names = files.names](std::int64_t i) {
    return io::read_file(names[static_cast<std::size_t>(i)]);
  };
  return files;
}

std::pair<ImageFiles, ImageFiles> image_folder_parts(const std::string& path, Where where) {
  const graph::CallScope call(where);
  const std::set<std::string> top = top_folders(path);
  if (!top.contains("train")) return {image_folder(path), ImageFiles{}};
  ImageFiles train = image_folder(path, "train"), test;
  for (const char* name : {"val", "valid", "validation", "test"})
    if (top.contains(name)) {
      test = image_folder(path, name);
      break;
    }
  if (test.size() > 0 && test.class_names != train.class_names)
    throw ValueError({.operation = "data::image_folder",
                      .problem = "the parts have different classes",
                      .received = {{"path", path},
                                   {"train", std::to_string(train.class_names.size()) + " classes"},
                                   {"test", std::to_string(test.class_names.size()) + " classes"}},
                      .expected = "the same folders in both"});
  return {std::move(train), std::move(test)};
}

bool is_image_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) || is_tar(path);
}

ImageFiles select(const ImageFiles& files, std::span<const std::int64_t> rows, Where where) {
  const graph::CallScope call(where);
  require_row_numbers("data::select", rows, files.size());
  ImageFiles chosen;
  chosen.class_names = files.class_names;
  chosen.options = files.options;
  for (const std::int64_t row : rows) {
    chosen.names.push_back(files.names[static_cast<std::size_t>(row)]);
    chosen.labels.push_back(files.labels[static_cast<std::size_t>(row)]);
  }
  chosen.bytes = [bytes = files.bytes, numbers = std::vector(rows.begin(), rows.end())](
                     std::int64_t i) { return bytes(numbers[static_cast<std::size_t>(i)]); };
  return chosen;
}

}  // namespace fathom::data
