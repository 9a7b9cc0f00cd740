// Reading of llm.c token files.
#include "neap/runtime/data/TokenSource.h"

#include "neap/runtime/data/Permutation.h"
#include "neap/runtime/data/Widen.h"
#include "neap/runtime/program/Failure.h"

#include <algorithm>
#include <array>

namespace neap::runtime {

namespace {

constexpr int32_t tokenMagic = 20240520;
constexpr int32_t tokenVersion = 1;
/// Magic, version, number of tokens, zeros.
using TokenHeader = std::array<int32_t, 256>;

template <typename T> void fillOnes(const Input &input, std::byte *slot) {
  auto *values = reinterpret_cast<T *>(slot);
  std::fill(values, values + input.elements(), T(1));
}

/// The function that fills a mask of this type with ones, or null.
void (*onesFunction(Type type))(const Input &, std::byte *) {
  switch (type) {
  case Type::Bool:
  case Type::U8:
  case Type::I8:
    return fillOnes<uint8_t>;
  case Type::I32:
    return fillOnes<int32_t>;
  case Type::I64:
    return fillOnes<int64_t>;
  case Type::F32:
    return fillOnes<float>;
  default:
    return nullptr;
  }
}

bool canHoldTokens(Type type) { return type == Type::I64 || type == Type::I32; }

} // namespace

TokenSource::TokenSource(const DataOptions &options, const std::vector<Input> &inputs)
    : file_(files::File::openForReading(options.path)), inputs_(inputs), shuffle_(options.shuffle),
      seed_(options.seed) {
  checkInputs();
  uint64_t tokens = locateTokens(options.headerless);
  windows_ = tokens / windowTokens_;
  if (windows_ == 0)
    throw Failure(ExitCode::Data, file_.path() + ": holds " + std::to_string(tokens) + " tokens, one step needs " +
                                      std::to_string(windowTokens_));
}

void TokenSource::checkInputs() {
  auto isTokens = [](const Input &input) { return input.role == Role::Tokens; };
  auto tokens = std::find_if(inputs_.begin(), inputs_.end(), isTokens);
  if (tokens == inputs_.end() || tokens->elements() == 0)
    throw Failure(ExitCode::Data, file_.path() + ": this program has no input for tokens", "use .safetensors data");
  windowTokens_ = tokens->elements();
  for (const Input &input : inputs_) {
    bool fits = input.role == Role::Mask
                    ? onesFunction(input.type) != nullptr
                    : input.role != Role::None && canHoldTokens(input.type) && input.elements() == windowTokens_;
    if (!fits)
      throw Failure(ExitCode::Data,
                    file_.path() + ": a token file cannot fill input '" + input.name + "' (" +
                        printTensorType(input.type, input.shape) + ")",
                    "use .safetensors data with a tensor for each input");
  }
}

uint64_t TokenSource::locateTokens(bool headerless) {
  uint64_t size = file_.size();
  TokenHeader header{};
  file_.readAt(0, header.data(), std::min<uint64_t>(size, sizeof(header)));
  // A header is recognised even where --dtype is given: its magic as tokens would be the worse guess.
  if (header[0] != tokenMagic) {
    if (headerless && size % sizeof(uint16_t) != 0)
      throw Failure(ExitCode::Data, file_.path() + ": expected whole 16-bit tokens, got " + std::to_string(size) +
                                        " bytes: the file is cut off or holds something else");
    if (headerless)
      return size / sizeof(uint16_t);
    throw Failure(ExitCode::Data,
                  file_.path() + ": not a token file: expected magic " + std::to_string(tokenMagic) + ", got " +
                      std::to_string(header[0]),
                  "--dtype uint16 reads 16-bit tokens without a header");
  }
  if (header[1] != tokenVersion)
    throw Failure(ExitCode::Data, file_.path() + ": expected version " + std::to_string(tokenVersion) +
                                      " of the token file, got " + std::to_string(header[1]));
  tokensBegin_ = sizeof(header);
  if (header[2] < 0 || size < tokensBegin_ || (size - tokensBegin_) / sizeof(uint16_t) < uint64_t(header[2]))
    throw Failure(ExitCode::Data, file_.path() + ": the header promises " + std::to_string(header[2]) +
                                      " tokens, the file has " + std::to_string(size) + " bytes");
  return uint64_t(header[2]);
}

void TokenSource::readWindow(uint64_t window, const Input &input, std::byte *slot) const {
  bool wide = input.type == Type::I64;
  std::byte *target =
      wide ? narrowTail<uint16_t, int64_t>(slot, windowTokens_) : narrowTail<uint16_t, int32_t>(slot, windowTokens_);
  uint64_t bytes = windowTokens_ * sizeof(uint16_t);
  try {
    file_.readAt(tokensBegin_ + window * bytes, target, bytes);
  } catch (const files::Error &error) {
    throw Failure(ExitCode::Data, error.what());
  }
  wide ? widenTail<uint16_t, int64_t>(slot, windowTokens_) : widenTail<uint16_t, int32_t>(slot, windowTokens_);
}

void TokenSource::load(uint64_t step, std::byte *arena) {
  uint64_t epoch = step / windows_;
  uint64_t window = step % windows_;
  if (shuffle_)
    window = permute(window, windows_, seed_, epoch);
  for (const Input &input : inputs_) {
    std::byte *slot = arena + input.offset;
    if (input.role == Role::Mask)
      onesFunction(input.type)(input, slot);
    else
      readWindow(window, input, slot);
  }
}

} // namespace neap::runtime
