// How every program of the house ends; docs/reference lists the same numbers.
#pragma once

namespace neap {

enum class ExitCode : int {
  Ok = 0,
  Usage = 2,         ///< options, dimensions and patterns too
  ModelInvalid = 3,
  Unsupported = 4,   ///< an operator or type
  BudgetInfeasible = 5,
  DeviceMemory = 6,
  Data = 7,
  Storage = 8,       ///< saving or loading at run time
  NonFinite = 9,
  DeviceFault = 10,
  Communication = 11,
  Internal = 12,
  OutputUnwritable = 13,
  Stopped = 75,
};

} // namespace neap
