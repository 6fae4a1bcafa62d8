// The table of wrong programs: each row is a mistake that a user can make, the type of the error
// that must come and its exact text. In the text "@" stands for a line of the row: the one that the
// error must name.
#pragma once
#include <functional>
#include <source_location>
#include <string>
#include <typeinfo>
#include <vector>

#include "fathom/fathom.h"

namespace fathom::test {

struct Fault {
  std::string name;
  std::function<void()> program;
  const std::type_info* error;
  std::string text;
  std::source_location row;
};
using Faults = std::vector<Fault>;

/// A row: E is the error's type, exactly.
template <class E>
Fault fault(std::string name, std::function<void()> program, std::string text,
            std::source_location row = std::source_location::current()) {
  return {std::move(name), std::move(program), &typeid(E), std::move(text), row};
}

// By subject, in the files of these names. The rows of a file stand in the order of its lines.
Faults tensor_faults();
Faults shape_faults();
Faults join_faults();
Faults indexing_faults();
Faults scatter_faults();
Faults reduction_faults();
Faults linalg_faults();
Faults attention_faults();
Faults conv_faults();
Faults decomposition_faults();
Faults signal_faults();
Faults random_faults();
Faults recurrent_faults();
Faults generate_faults();
Faults autodiff_faults();
Faults layer_faults();
Faults embedding_faults();
Faults picture_faults();
Faults class_loss_faults();
Faults loss_faults();
Faults optimizer_faults();
Faults schedule_faults();
Faults training_faults();
Faults callback_faults();
Faults data_faults();
Faults dataset_faults();
Faults metric_faults();
Faults io_faults();
Faults weight_file_faults();
Faults weight_load_faults();
Faults vector_faults();
Faults text_faults();
Faults ctc_faults();
Faults bomb_faults();
Faults figure_faults();
Faults vision_faults();

// What the rows say often.
inline Tensor labels(std::initializer_list<std::int64_t> values) { return tensor(values); }
inline std::string not_there(const std::string& path) {
  return "read: cannot open: No such file or directory\n  path: " + path +
         "\n  hint: check the spelling of the path and that its folder exists\n  in: @";
}
inline std::string out_of_range(const std::string& operation, const std::string& name,
                                const std::string& got, const std::string& expected) {
  return operation + ": " + name + " is out of range\n  " + name + ": " + got + "\n  expected " +
         expected + "\n  in: @";
}
inline std::string no_axis(const std::string& operation, int axis, int rank) {
  const std::string r = std::to_string(rank);
  return operation + ": axis " + std::to_string(axis) +
         " is out of range\n  expected an axis in [-" + r + ", " + r + ") for a tensor of rank " +
         r + "\n  in: @";
}
inline std::string no_element(const std::string& operation, const std::string& what, int got,
                              int element, int from, int below) {
  return operation + ": " + what + " " + std::to_string(got) +
         " is out of range\n  element: " + std::to_string(element) + "\n  expected a number in [" +
         std::to_string(from) + ", " + std::to_string(below) + ")\n  in: @";
}
inline std::string empty_tensor(const std::string& operation,
                                const char* what = "the tensor is empty") {
  return operation + ": " + what +
         "\n  hint: a default-constructed Tensor holds nothing until it is assigned\n  in: @";
}
inline std::string empty_operand(const std::string& operation) {
  return empty_tensor(operation, "an operand is an empty tensor");
}

}  // namespace fathom::test
