// `fathom tokenizer verify`.
#pragma once
#include <string>

namespace fathom::cli {

/// Prints each difference; 1 if there is any.
int verify_tokenizer(const std::string& model, const std::string& inputs,
                     const std::string& expected);

}  // namespace fathom::cli
