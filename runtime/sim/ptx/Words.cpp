// Taking words, and the reasons for which some can never be taken.
#include "neap/runtime/sim/ptx/Words.h"

#include "neap/runtime/sim/ptx/Error.h"

namespace neap::sim::ptx {

namespace {

struct Reason {
  std::string_view word;
  const char *reason;
};

constexpr const char *approximate = "its bits are not specified, so nobody can predict them";
constexpr const char *atomic = "the order of atomics is not determined; kernels here are deterministic without them";
constexpr const char *asynchronous = "asynchronous copies are not simulated";

constexpr Reason modifierReasons[] = {
    {"approx", approximate},
    {"full", approximate},
    {"ftz", "flushing subnormal numbers gives other bits than IEEE arithmetic"},
};

constexpr Reason rootReasons[] = {
    {"ex2", approximate},  {"lg2", approximate},       {"sin", approximate}, {"cos", approximate},
    {"tanh", approximate}, {"rsqrt", approximate},     {"atom", atomic},     {"red", atomic},
    {"cp", asynchronous},  {"mbarrier", asynchronous},
};

template <size_t N> const char *find(const Reason (&reasons)[N], std::string_view word) {
  for (const Reason &entry : reasons)
    if (entry.word == word)
      return entry.reason;
  return nullptr;
}

} // namespace

Words::Words(std::string_view opcode, uint32_t line) : opcode_(opcode), line_(line) {
  for (size_t start = 0; start <= opcode.size();) {
    size_t dot = std::min(opcode.find('.', start), opcode.size());
    words_.push_back(opcode.substr(start, dot - start));
    start = dot + 1;
  }
}

bool Words::take(std::string_view word) {
  bool found = position_ < words_.size() && words_[position_] == word;
  position_ += found;
  return found;
}

void Words::expect(std::string_view word) {
  if (!take(word))
    fail("expected ." + std::string(word) + " in " + std::string(opcode_));
}

Type Words::type(std::initializer_list<Type> allowed) {
  if (position_ < words_.size())
    if (std::optional<Type> type = typeNamed(words_[position_]))
      for (Type candidate : allowed)
        if (candidate == *type)
          return ++position_, candidate;
  refuse();
}

void Words::finish() const {
  if (position_ < words_.size())
    refuse();
}

void Words::refuse() const {
  if (position_ == words_.size())
    fail("expected more of the opcode " + std::string(opcode_));
  std::string message = "unsupported ." + std::string(words_[position_]) + " in " + std::string(opcode_);
  if (const char *reason = find(modifierReasons, words_[position_]))
    message += std::string(": ") + reason;
  fail(message);
}

void Words::fail(const std::string &reason) const { throw Error(line_, reason); }

const char *reasonAgainst(std::string_view root) { return find(rootReasons, root); }

} // namespace neap::sim::ptx
