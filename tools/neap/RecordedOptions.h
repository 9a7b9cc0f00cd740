// Options that IR remembers. `--compile-to` keeps the options of the command line with the IR, and `--compile-from` takes them
// from there: what is said once holds to the end, and what contradicts it is refused.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

#include <charconv>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace neap {

/// An option, and the stage that takes it into account.
struct RecordedOption {
  llvm::cl::Option *option;
  llvm::StringRef stage;
  /// The values, as texts that the option reads back.
  std::function<std::vector<std::string>()> getValues;
};

/// What was given of `options`, as `--name=value`.
std::vector<std::string> recordOptions(llvm::ArrayRef<RecordedOption> options);

/// Sets `options` to what `record` says. Fails, with a sentence for the user, where the command line says something else, or
/// gives an option that the record lacks and whose stage `isDone`.
llvm::Error recallOptions(llvm::ArrayRef<RecordedOption> options, llvm::ArrayRef<std::string> record,
                          llvm::function_ref<bool(llvm::StringRef stage)> isDone);

// How values of each type print.
inline std::string printValue(const std::string &value) { return value; }
inline std::string printValue(bool value) { return value ? "true" : "false"; }
inline std::string printValue(int value) { return std::to_string(value); }
inline std::string printValue(double value) {
  char text[32];
  return std::string(text, std::to_chars(text, std::end(text), value).ptr);
}
template <typename T> std::string printValue(const llvm::cl::opt<T> &option) {
  if constexpr (std::is_enum_v<T>) {
    auto &parser = const_cast<llvm::cl::opt<T> &>(option).getParser();
    for (unsigned i = 0; i < parser.getNumOptions(); ++i)
      if (static_cast<const llvm::cl::OptionValue<T> &>(parser.getOptionValue(i)).getValue() == option.getValue())
        return parser.getOption(i).str();
    return "";
  } else {
    return printValue(option.getValue());
  }
}

template <typename T> RecordedOption record(llvm::StringRef stage, llvm::cl::opt<T> &option) {
  return {&option, stage, [&option] { return std::vector<std::string>{printValue(option)}; }};
}
inline RecordedOption record(llvm::StringRef stage, llvm::cl::list<std::string> &option) {
  return {std::addressof(option), stage, [&option] { return std::vector<std::string>(option.begin(), option.end()); }};
}

} // namespace neap
