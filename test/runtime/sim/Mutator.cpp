// The kinds of changes, by regular expressions.
#include "Mutator.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace neap::test {

namespace {

/// All matches of `pattern` in `text`: position and length of its group 1, or of all of it.
std::vector<std::pair<size_t, size_t>> matches(const std::string &text, const std::regex &pattern, size_t group = 0) {
  std::vector<std::pair<size_t, size_t>> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    found.push_back({size_t(match->position(group)), size_t(match->length(group))});
  return found;
}

std::string replaced(std::string text, std::pair<size_t, size_t> place, const std::string &by) {
  return text.replace(place.first, place.second, by);
}

const std::regex anyRegister("%(rd|rs|r|p)[0-9]+");

std::string classOf(const std::string &name) { return name.substr(0, name.find_first_of("0123456789")); }

} // namespace

Mutator::Mutator(const std::string &text, const std::string &kernel, uint32_t seed) : generator_(seed) {
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines_.push_back(line);
  auto starts = [&](const std::string &line) { return line.find(".entry " + kernel + "(") != line.npos; };
  first_ = size_t(std::find_if(lines_.begin(), lines_.end(), starts) - lines_.begin());
  last_ = size_t(std::find(lines_.begin() + ptrdiff_t(first_), lines_.end(), "}") - lines_.begin());
  if (last_ == lines_.size())
    throw std::runtime_error("no kernel " + kernel);
  for (size_t i = first_; i < last_; ++i)
    for (auto [position, length] : matches(lines_[i], anyRegister))
      registers_.push_back(lines_[i].substr(position, length));
  std::sort(registers_.begin(), registers_.end());
  registers_.erase(std::unique(registers_.begin(), registers_.end()), registers_.end());
}

Mutant Mutator::next() {
  for (;;) {
    size_t line = first_ + generator_() % (last_ - first_);
    auto kind = Kind(generator_() % 6);
    bool isInstruction = lines_[line].starts_with("\t") && !lines_[line].starts_with("\t.");
    std::optional<std::string> changed = isInstruction ? mutate(kind, lines_[line]) : std::nullopt;
    if (!changed || *changed == lines_[line])
      continue;
    Mutant mutant;
    mutant.description =
        "line " + std::to_string(line + 1) + ": " + lines_[line].substr(1) + " -> " + changed->substr(1);
    if (std::find(made_.begin(), made_.end(), mutant.description) != made_.end())
      continue;
    made_.push_back(mutant.description);
    for (size_t i = 0; i < lines_.size(); ++i)
      mutant.text += (i == line ? *changed : lines_[i]) + "\n";
    return mutant;
  }
}

std::optional<std::string> Mutator::mutate(Kind kind, const std::string &line) {
  switch (kind) {
  case Kind::DropBarrier:
    return std::regex_search(line, std::regex("bar(rier)?\\.sync")) ? std::optional<std::string>("\t") : std::nullopt;
  case Kind::ShiftAddress: return shiftAddress(line);
  case Kind::ChangeShuffle: return changeShuffle(line);
  case Kind::DropPredicate: return dropPredicate(line);
  case Kind::SwapRegister: return swapRegister(line);
  default: return changeBound(line);
  }
}

/// By a byte, an element, a vector, and by about a buffer.
std::optional<std::string> Mutator::shiftAddress(const std::string &line) {
  size_t close = line.find(']');
  if (close == line.npos || line.find("param") != line.npos)
    return std::nullopt;
  size_t plus = line.find('+');
  int displacement = plus < close ? std::stoi(line.substr(plus + 1)) : 0;
  int shifted = displacement + pick(std::vector<int>{1, -1, 4, -4, 16, -16, 4096, -4096});
  size_t from = std::min(plus, close);
  return line.substr(0, from) + "+" + std::to_string(shifted) + line.substr(close);
}

std::optional<std::string> Mutator::changeShuffle(const std::string &line) {
  std::smatch match;
  if (!std::regex_search(
          line, match,
          std::regex("(.*shfl\\.sync\\.[a-z]+\\.b32 .*, )(%r[0-9]+|[0-9]+)(, )([0-9]+)(, )(-1|[0-9]+);(.*)")))
    return std::nullopt;
  std::string lane = match[2], clamp = match[4], mask = match[6];
  switch (generator_() % 3) {
  case 0: lane = pick(std::vector<std::string>{"1", "2", "3", "8", "16", "31"}); break;
  case 1: clamp = pick(std::vector<std::string>{"15", "0", "7"}); break;
  default: mask = pick(std::vector<std::string>{"1", "65535", "2147483647", "-2"}); break;
  }
  return match[1].str() + lane + ", " + clamp + ", " + mask + ";" + match[7].str();
}

std::optional<std::string> Mutator::dropPredicate(const std::string &line) {
  std::smatch match;
  if (!std::regex_search(line, match, std::regex("^\t@(!?)(%p[0-9]+) (.*)$")))
    return std::nullopt;
  if (generator_() % 2)
    return "\t" + match[3].str();
  return "\t@" + std::string(match[1].length() ? "" : "!") + match[2].str() + " " + match[3].str();
}

std::optional<std::string> Mutator::swapRegister(const std::string &line) {
  auto found = matches(line, anyRegister);
  if (found.empty())
    return std::nullopt;
  auto place = pick(found);
  std::string name = line.substr(place.first, place.second), other = pick(registers_);
  if (classOf(name) != classOf(other))
    return std::nullopt;
  return replaced(line, place, other);
}

/// A constant by one or to its double, or the strictness of a comparison.
std::optional<std::string> Mutator::changeBound(const std::string &line) {
  for (auto [from, to] :
       {std::pair("setp.lt", "setp.le"), {"setp.ge", "setp.gt"}, {"setp.gt", "setp.ge"}, {"setp.le", "setp.lt"}})
    if (size_t at = line.find(from); at != line.npos && generator_() % 2)
      return replaced(line, {at, 7}, to);
  auto found = matches(line, std::regex(", (-?[0-9]+)(?![0-9a-zA-Z.])"), 1);
  if (found.empty() || line.find("sync") != line.npos)
    return std::nullopt;
  auto place = pick(found);
  long value = std::stol(line.substr(place.first, place.second));
  long changed = pick(std::vector<long>{value + 1, value - 1, value * 2, value / 2});
  return replaced(line, place, std::to_string(changed));
}

} // namespace neap::test
