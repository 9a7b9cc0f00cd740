// Parsing of fault specifications, and counting.
#include "neap/runtime/sim/driver/FaultPlan.h"

#include <charconv>
#include <map>
#include <stdexcept>

namespace neap::sim::driver {

namespace {

const std::map<std::string, FaultPoint> points = {
    {"init", FaultPoint::Init},
    {"alloc", FaultPoint::Alloc},
    {"host-alloc", FaultPoint::HostAlloc},
    {"load", FaultPoint::Load},
    {"stream", FaultPoint::Stream},
    {"event", FaultPoint::Event},
    {"instantiate", FaultPoint::Instantiate},
    {"graph-launch", FaultPoint::GraphLaunch},
    {"launch", FaultPoint::Launch},
    {"copy", FaultPoint::Copy},
    {"fill", FaultPoint::Fill},
    {"library", FaultPoint::Library},
    {"operation", FaultPoint::Operation},
};

const std::map<std::string, cuda::Result> results = {
    {"out-of-memory", cuda::Result::OutOfMemory},
    {"failed", cuda::Result::LaunchFailed},
    {"illegal-address", cuda::Result::IllegalAddress},
    {"invalid-ptx", cuda::Result::InvalidPtx},
    {"unsupported-ptx", cuda::Result::UnsupportedPtxVersion},
    {"no-device", cuda::Result::NoDevice},
    // What programs saw of cards that fell off the bus.
    {"device-lost", cuda::Result::Unknown},
};

std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> parts(1);
  for (char character : text)
    if (character == separator)
      parts.emplace_back();
    else
      parts.back() += character;
  return parts;
}

template <class Value>
Value lookUp(const std::map<std::string, Value> &table, const std::string &name, const std::string &whole) {
  auto found = table.find(name);
  if (found != table.end())
    return found->second;
  std::string known;
  for (auto &[key, value] : table)
    known += (known.empty() ? "" : ", ") + key;
  throw std::invalid_argument("fault '" + whole + "': expected one of " + known + ", got '" + name + "'");
}

std::optional<uint64_t> parseNumber(const std::string &text) {
  uint64_t value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool isNumber = code == std::errc() && end == text.data() + text.size() && value > 0;
  return isNumber ? std::optional(value) : std::nullopt;
}

} // namespace

FaultPlan::Fault FaultPlan::parse(const std::string &text) {
  size_t equals = text.find('=');
  if (equals == std::string::npos)
    throw std::invalid_argument("fault '" + text + "': expected POINT[:KERNEL][:NUMBER]=ERROR");
  std::vector<std::string> where = split(text.substr(0, equals), ':');
  Fault fault{lookUp(points, where.front(), text), {}, 1, lookUp(results, text.substr(equals + 1), text)};
  where.erase(where.begin());
  if (!where.empty())
    if (auto number = parseNumber(where.back())) {
      fault.number = *number;
      where.pop_back();
    }
  if (where.size() > (fault.point == FaultPoint::Launch ? 1 : 0))
    throw std::invalid_argument("fault '" + text + "': expected a number from 1 on, got '" + where.back() + "'");
  if (!where.empty())
    fault.kernel = where.front();
  return fault;
}

FaultPlan::FaultPlan(const std::string &specification) {
  if (!specification.empty())
    for (const std::string &part : split(specification, ','))
      faults_.push_back(parse(part));
}

std::optional<cuda::Result> FaultPlan::count(FaultPoint point, const std::string &kernel) {
  std::optional<cuda::Result> result;
  for (Fault &fault : faults_)
    if (fault.point == point && (fault.kernel.empty() || fault.kernel == kernel) && ++fault.seen == fault.number)
      result = fault.result;
  return result;
}

} // namespace neap::sim::driver
