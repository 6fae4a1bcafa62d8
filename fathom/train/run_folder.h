// The folder of a training run: config.json, log.jsonl, checkpoint.safetensors, model/ and
// pictures.
#pragma once
#include <string>

#include "fathom/train/record.h"
#include "fathom/train/settings.h"

namespace fathom::train {

/// A run's folder, locked against a second process for as long as this object lives.
class RunFolder {
 public:
  /// Makes the folder and writes config.json. With an empty `path`: a free name below runs/.
  /// Errors: IoError if it cannot be made or written, holds a run already, or is in use.
  static RunFolder create(const std::string& path, const Settings& settings);
  /// Opens a run to go on with it. Errors: IoError if it is none or in use, FormatError.
  static RunFolder open(const std::string& path);

  ~RunFolder();
  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::string checkpoint() const { return file("checkpoint.safetensors"); }
  /// False for a run that ended before its first checkpoint: it starts from the beginning.
  bool has_checkpoint() const;
  const Settings& settings() const { return settings_; }
  void save_settings(const Settings& settings);

  /// Makes log.jsonl exactly the finished epochs of a history, whatever a run that was killed had
  /// written of later ones. Errors: IoError.
  void rewrite_log(const History& history) const;
  /// Adds a line to log.jsonl. Errors: IoError.
  void append_log(const Record& record) const;

 private:
  explicit RunFolder(std::string path);
  void lock();

  std::string path_;
  Settings settings_;
  int lock_ = -1;
};

}  // namespace fathom::train
