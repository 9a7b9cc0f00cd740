// See RecordedOptions.h.
#include "neap/tools/neap/RecordedOptions.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace neap;

static std::string nameOf(const RecordedOption &entry) { return "--" + entry.option->ArgStr.str(); }

std::vector<std::string> neap::recordOptions(ArrayRef<RecordedOption> options) {
  std::vector<std::string> record;
  for (const RecordedOption &entry : options)
    if (entry.option->getNumOccurrences())
      for (const std::string &value : entry.getValues())
        record.push_back(nameOf(entry) + "=" + value);
  return record;
}

/// The values that the record has for an option.
static std::vector<std::string> findValues(const RecordedOption &entry, ArrayRef<std::string> record) {
  std::vector<std::string> values;
  for (StringRef text : record)
    if (text.consume_front(nameOf(entry) + "="))
      values.push_back(text.str());
  return values;
}

static Error recallOption(const RecordedOption &entry, ArrayRef<std::string> values, bool isDone) {
  if (!entry.option->getNumOccurrences()) {
    for (const std::string &value : values)
      if (entry.option->addOccurrence(0, entry.option->ArgStr, value))
        return createStringError(nameOf(entry) + ": the IR has the value '" + value + "', which it cannot be");
    return Error::success();
  }
  if (values.empty() && isDone)
    return createStringError(nameOf(entry) + ": it belongs to stage " + entry.stage + ", which this IR has behind it");
  if (!values.empty() && ArrayRef(entry.getValues()) != values)
    return createStringError(nameOf(entry) + ": the IR was made with " + join(values, ", ") + ", got " +
                             join(entry.getValues(), ", "));
  return Error::success();
}

Error neap::recallOptions(ArrayRef<RecordedOption> options, ArrayRef<std::string> record,
                          function_ref<bool(StringRef stage)> isDone) {
  for (StringRef text : record)
    if (none_of(options, [&](const RecordedOption &entry) { return text.starts_with(nameOf(entry) + "="); }))
      return createStringError("the IR was made with " + text + ", which is no option of this compiler");
  for (const RecordedOption &entry : options)
    if (Error error = recallOption(entry, findValues(entry, record), isDone(entry.stage)))
      return error;
  return Error::success();
}
