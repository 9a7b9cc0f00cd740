// The header as events of a JSON parser, and its printing.
#include "neap/runtime/safetensors/Header.h"

#include <nlohmann/json.hpp>

namespace neap::safetensors {

namespace {

using nlohmann::json;

/// More dimensions than any tensor has; bounds the memory one entry can ask for.
constexpr size_t maxRank = 64;
constexpr std::string_view metadataKey = "__metadata__";

/// Collects tensors from parser events. Any event that the format has no place for ends the parse with Error.
class HeaderEvents final : public nlohmann::json_sax<json> {
public:
  explicit HeaderEvents(const std::string &path) : path_(path) {}
  Header take() { return std::move(header_); }

  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("a boolean"); }
  bool number_integer(number_integer_t) override { unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t &text) override { unexpected("the number " + text); }
  bool binary(binary_t &) override { unexpected("binary data"); }
  bool number_unsigned(number_unsigned_t value) override;
  bool string(string_t &value) override;
  bool key(string_t &value) override;
  bool start_object(size_t) override;
  bool end_object() override;
  bool start_array(size_t) override;
  bool end_array() override;
  bool parse_error(size_t position, const std::string &, const json::exception &) override {
    fail("the header is not JSON at byte " + std::to_string(position));
  }

private:
  enum class Place { Outside, Top, Metadata, Entry, Array };

  [[noreturn]] void fail(const std::string &what) const { throw Error(path_ + ": " + what); }
  [[noreturn]] void unexpected(const std::string &what) const {
    fail("unexpected " + what + " in the header" + (name_.empty() ? "" : " at '" + name_ + "'"));
  }
  void finishEntry();

  const std::string &path_;
  Header header_;
  Place place_ = Place::Outside;
  std::string name_;  // of the entry being read
  std::string field_; // of the entry or of the metadata
  std::optional<Type> type_;
  std::optional<std::vector<uint64_t>> shape_, offsets_;
};

bool HeaderEvents::number_unsigned(number_unsigned_t value) {
  if (place_ != Place::Array)
    unexpected("a number");
  auto &values = field_ == "shape" ? *shape_ : *offsets_;
  if (values.size() == maxRank)
    fail("tensor '" + name_ + "' has more than " + std::to_string(maxRank) + " dimensions");
  values.push_back(value);
  return true;
}

bool HeaderEvents::string(string_t &value) {
  if (place_ == Place::Metadata)
    header_.metadata[field_] = value;
  else if (place_ == Place::Entry && field_ == "dtype" && !type_)
    type_ = parseType(value);
  else
    unexpected("a string");
  if (place_ == Place::Entry && !type_)
    fail("tensor '" + name_ + "' has the unknown type '" + value + "'");
  return true;
}

bool HeaderEvents::key(string_t &value) {
  (place_ == Place::Top ? name_ : field_) = value;
  return true;
}

bool HeaderEvents::start_object(size_t) {
  if (place_ == Place::Outside)
    place_ = Place::Top;
  else if (place_ == Place::Top)
    place_ = name_ == metadataKey ? Place::Metadata : Place::Entry;
  else
    unexpected("an object");
  return true;
}

bool HeaderEvents::end_object() {
  if (place_ == Place::Entry)
    finishEntry();
  place_ = place_ == Place::Top ? Place::Outside : Place::Top;
  return true;
}

bool HeaderEvents::start_array(size_t) {
  bool shape = field_ == "shape" && !shape_;
  bool offsets = field_ == "data_offsets" && !offsets_;
  if (place_ != Place::Entry || !(shape || offsets))
    unexpected("an array");
  (shape ? shape_ : offsets_).emplace();
  place_ = Place::Array;
  return true;
}

bool HeaderEvents::end_array() {
  place_ = Place::Entry;
  return true;
}

void HeaderEvents::finishEntry() {
  if (!type_ || !shape_ || !offsets_)
    fail("tensor '" + name_ + "' needs dtype, shape and data_offsets");
  if (offsets_->size() != 2)
    fail("tensor '" + name_ + "' needs two data_offsets, got " + std::to_string(offsets_->size()));
  // A dimension beyond 63 bits turns negative here and is refused with the sizes.
  Tensor tensor{name_, *type_, {shape_->begin(), shape_->end()}, (*offsets_)[0], (*offsets_)[1]};
  std::optional<uint64_t> bytes = tensorBytes(tensor.type, tensor.shape);
  if (!bytes)
    fail("the shape of tensor '" + name_ + "' overflows");
  if (tensor.end < tensor.begin || tensor.bytes() != *bytes)
    fail("tensor '" + name_ + "' needs " + std::to_string(*bytes) + " bytes, data_offsets are [" +
         std::to_string(tensor.begin) + ", " + std::to_string(tensor.end) + "]");
  header_.tensors.push_back(std::move(tensor));
  type_.reset(), shape_.reset(), offsets_.reset(), field_.clear();
}

} // namespace

Header parseHeader(std::string_view text, const std::string &path) {
  HeaderEvents events(path);
  json::sax_parse(text, &events);
  return events.take();
}

std::string printHeader(const std::vector<Tensor> &tensors, const Metadata &metadata, const std::string &path) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty())
    header[std::string(metadataKey)] = metadata;
  for (const Tensor &tensor : tensors) {
    if (tensor.name == metadataKey)
      throw Error(path + ": a tensor cannot be named '" + tensor.name + "'");
    header[tensor.name] = {
        {"dtype", typeName(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {tensor.begin, tensor.end}}};
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::exception &) {
    throw Error(path + ": a tensor name or the metadata is not UTF-8");
  }
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

} // namespace neap::safetensors
