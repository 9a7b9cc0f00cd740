// CPU names to features and cache sizes.
#include "neap/compiler/emit/Cpu.h"

#include "neap/compiler/emit/Object.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/X86TargetParser.h"

#include <unistd.h>

using namespace llvm;

namespace neap::emit {
namespace {

/// Size of a cache of this machine, or `fallback` where the system does not say.
int64_t cacheBytes(int name, int64_t fallback) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : fallback;
}

Expected<CpuTarget> nativeTarget() {
  CpuTarget target{sys::getHostCPUName().str(), {}};
  for (const StringMapEntry<bool> &feature : sys::getHostCPUFeatures())
    target.features[feature.first()] = feature.second;
  return target;
}

Expected<CpuTarget> namedTarget(StringRef cpu) {
  if (X86::parseArchX86(cpu, /*Only64Bit=*/true) == X86::CK_None)
    return createStringError("expected an x86-64 CPU or 'native', got '%s'", cpu.str().c_str());
  CpuTarget target{cpu.str(), {}};
  SmallVector<StringRef> features;
  X86::getFeaturesForCPU(cpu, features);
  for (StringRef feature : features)
    target.features[feature] = true;
  return target;
}

} // namespace

std::string CpuTarget::featureString() const {
  std::string result;
  std::map<std::string, bool> sorted;
  for (const StringMapEntry<bool> &feature : features)
    sorted[feature.first().str()] = feature.second;
  for (const auto &[name, isSet] : sorted)
    result += (result.empty() ? "" : ",") + std::string(isSet ? "+" : "-") + name;
  return result;
}

Expected<CpuTarget> findCpu(StringRef cpu) {
  Expected<CpuTarget> target = cpu == "native" ? nativeTarget() : namedTarget(cpu);
  if (target && (!target->has("avx2") || !target->has("fma")))
    return createStringError("expected a CPU with AVX2 and FMA, got '%s', which lacks %s", target->name.c_str(),
                             target->has("avx2") ? "FMA" : "AVX2");
  return target;
}

Expected<lower::CpuDescription> describeCpu(StringRef cpu) {
  Expected<CpuTarget> target = findCpu(cpu);
  if (!target)
    return target.takeError();
  lower::CpuDescription description;
  if (target->has("avx512f") && target->has("avx512vl") && target->has("avx512dq")) {
    description.lanes = 16;
    description.registers = 32;
    description.l2 = 1024 * 1024;
  }
  if (cpu == "native") {
    description.l1 = cacheBytes(_SC_LEVEL1_DCACHE_SIZE, description.l1);
    description.l2 = cacheBytes(_SC_LEVEL2_CACHE_SIZE, description.l2);
  }
  return description;
}

} // namespace neap::emit
