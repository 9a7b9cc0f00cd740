// What a program runs on.
#pragma once

namespace neap::lower {

enum class Device { Cpu, Cuda };

} // namespace neap::lower
