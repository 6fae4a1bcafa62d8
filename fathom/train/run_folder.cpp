#include "fathom/train/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "fathom/core/error.h"
#include "fathom/io/file.h"

namespace fathom::train {
namespace {

namespace fs = std::filesystem;
using io::exists;

[[noreturn]] void fail(const std::string& problem, const std::string& path,
                       const std::string& hint = "") {
  throw IoError(
      {.operation = "run folder", .problem = problem, .received = {{"path", path}}, .hint = hint});
}

/// runs/digits-mlp, or with a number if that is taken.
std::string free_name(const Settings& s) {
  const fs::path data = fs::path(s.data + "/").lexically_normal().parent_path();
  const std::string stem = "runs/" + data.stem().string() + "-" + s.model;
  std::string name = stem;
  // A folder that may not be looked into has no free name; making it says so.
  for (int i = 2; i < 100000 && exists(name); ++i) name = stem + "-" + std::to_string(i);
  return name;
}

}  // namespace

RunFolder::RunFolder(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)),
      settings_(std::move(other.settings_)),
      lock_(std::exchange(other.lock_, -1)) {}

RunFolder::~RunFolder() {
  if (lock_ >= 0) close(lock_);
}

void RunFolder::lock() {
  // The system drops the lock with the process, however that ends.
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) fail(std::strerror(errno), path_);
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) fail("another process trains in this folder", path_);
  // Some network file systems know no locks: training works there all the same.
}

RunFolder RunFolder::create(const std::string& path, const Settings& settings) {
  RunFolder folder(path.empty() ? free_name(settings) : path);
  if (exists(folder.file("config.json")))
    fail("the folder holds a run already", folder.path_,
         "go on with it: fathom train --resume " + folder.path_ + "; or give another --out");
  std::error_code error;
  fs::create_directories(folder.path_, error);
  if (error) fail("cannot make the folder: " + error.message(), folder.path_);
  folder.lock();
  folder.save_settings(settings);
  return folder;
}

RunFolder RunFolder::open(const std::string& path) {
  RunFolder folder(path);
  const std::string config = folder.file("config.json");
  if (!exists(config))
    fail(exists(folder.path_) ? "the folder holds no run" : "there is no such folder", folder.path_,
         "a run's folder holds config.json and checkpoint.safetensors");
  folder.lock();
  folder.settings_ = settings_from_json(io::read_text(config), config);
  return folder;
}

bool RunFolder::has_checkpoint() const { return exists(checkpoint()); }

void RunFolder::save_settings(const Settings& settings) {
  settings_ = settings;
  io::write_atomically(file("config.json"), to_json(settings));
}

void RunFolder::rewrite_log(const History& history) const {
  std::string lines;
  for (const Record& record : history.epochs) lines += to_json(record) + "\n";
  io::write_atomically(file("log.jsonl"), lines);
}

void RunFolder::append_log(const Record& record) const {
  const std::string path = file("log.jsonl");
  const std::string line = to_json(record) + "\n";
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(std::strerror(errno), path);
  const ssize_t written = write(descriptor, line.data(), line.size());
  const int reason = written < 0 ? errno : ENOSPC;
  close(descriptor);
  if (written != static_cast<ssize_t>(line.size())) fail(std::strerror(reason), path);
}

}  // namespace fathom::train
