// Texts of kernels.
#include "Simulator.h"

namespace neap::test {

namespace {

const std::string head = ".version 8.0\n.target sm_80\n.address_size 64\n";

std::string widthText(uint32_t bytes) { return "b" + std::to_string(8 * bytes); }

} // namespace

std::string kernelText(const std::string &body, const std::string &variables) {
  return head + variables + R"(
.visible .entry k(.param .u64 p0, .param .u64 p1, .param .u64 p2, .param .u64 p3)
{
  .reg .pred %p<32>;
  .reg .b16 %rs<32>;
  .reg .b32 %r<32>;
  .reg .b64 %rd<32>;
  ld.param.b64 %rd0, [p0];
  ld.param.b64 %rd1, [p1];
  ld.param.b64 %rd2, [p2];
  ld.param.b64 %rd3, [p3];
  mov.u32 %r0, %tid.x;
)" + body +
         "\n  ret;\n}\n";
}

std::vector<sim::Fault> faultsOf(const sim::LaunchResult &result) {
  std::vector<sim::Fault> faults;
  for (const sim::Report &report : result.reports)
    faults.push_back(report.fault);
  return faults;
}

std::vector<std::byte> evaluateBytes(const std::string &instruction, uint32_t resultBytes,
                                     const std::vector<uint32_t> &widths,
                                     const std::vector<std::vector<std::byte>> &inputs, size_t count) {
  std::string parameters = ".param .u32 n, .param .u64 out", declarations, loads;
  for (size_t i = 0; i < widths.size(); ++i) {
    std::string name(1, char('a' + i)), width = widthText(widths[i]), address = "%address_" + name;
    parameters += ", .param .u64 in_" + name;
    declarations +=
        "  .reg .b" + std::to_string(std::max(16u, 8 * widths[i])) + " %" + name + ";\n  .reg .b64 " + address + ";\n";
    loads += "  ld.param.b64 " + address + ", [in_" + name + "];\n  mad.wide.u32 " + address + ", %i, " +
             std::to_string(widths[i]) + ", " + address + ";\n  ld.global." + width + " %" + name + ", [" + address +
             "];\n";
  }
  std::string text = head + ".visible .entry k(" + parameters + ")\n{\n" + declarations + "  .reg .b" +
                     std::to_string(std::max(16u, 8 * resultBytes)) + " %x;\n" + R"(
  .reg .pred %p, %q, %end;
  .reg .b32 %t, %i, %n, %tid, %ctaid, %ntid;
  .reg .b64 %out;
  mov.u32 %tid, %tid.x;
  mov.u32 %ctaid, %ctaid.x;
  mov.u32 %ntid, %ntid.x;
  mad.lo.u32 %i, %ctaid, %ntid, %tid;
  ld.param.b32 %n, [n];
  setp.ge.u32 %end, %i, %n;
  @%end ret;
)" + loads + "  " + instruction +
                     "\n  ld.param.b64 %out, [out];\n  mad.wide.u32 %out, %i, " + std::to_string(resultBytes) +
                     ", %out;\n  st.global." + widthText(resultBytes) + " [%out], %x;\n  ret;\n}\n";
  Simulator simulator(text);
  uint64_t out = simulator.buffer(count * resultBytes, "out");
  std::vector<uint64_t> addresses;
  for (const std::vector<std::byte> &input : inputs)
    addresses.push_back(simulator.buffer(input, "in"));
  uint32_t n = uint32_t(count);
  std::vector<const void *> arguments = {&n, &out};
  for (const uint64_t &address : addresses)
    arguments.push_back(&address);
  const sim::Executable &executable = *simulator.module->kernel("k");
  simulator.launch.grid = {(n + 63) / 64, 1, 1};
  simulator.launch.block = {64, 1, 1};
  simulator.launch.arguments = sim::packArguments(executable.kernel(), arguments);
  sim::LaunchResult result = sim::run(executable, simulator.launch, simulator.memory, simulator.device);
  EXPECT_TRUE(result.ok()) << result.message() << "\n" << text;
  std::vector<std::byte> bytes(count * resultBytes);
  simulator.memory.copyOutRaw(bytes.data(), out, bytes.size());
  return bytes;
}

} // namespace neap::test
