// Runs llc.
#include "CompileKernels.h"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace neap::test {

std::string compileKernels(const std::string &architecture) {
  std::string command =
      std::string(NEAP_LLC) + " -march=nvptx64 -mcpu=" + architecture + " -o - " + NEAP_KERNELS + "/kernels.ll";
  FILE *pipe = popen(command.c_str(), "r");
  if (!pipe)
    throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 4096> buffer;
  while (size_t count = fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), count);
  if (pclose(pipe) != 0)
    throw std::runtime_error(command + " failed");
  return text;
}

} // namespace neap::test
