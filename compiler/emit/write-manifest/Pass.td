#ifndef NEAP_COMPILER_EMIT_WRITE_MANIFEST_PASS_TD
#define NEAP_COMPILER_EMIT_WRITE_MANIFEST_PASS_TD

include "mlir/Pass/PassBase.td"

def WriteManifest : Pass<"neap-write-manifest", "::mlir::ModuleOp"> {
  let summary = "Describe the program in JSON, as the constant `neap_manifest`";
  let description = [{
    What lies where in the arena, what the inputs are, which kernels there are: docs/design/0001-first-slice.md lists the
    fields. The options are what the command line alone knows. With `device=cuda` the program is listed entry by entry, every round of
    its loops by itself; more than 50,000 entries are refused.

    Requires: kernels are lowered, the program is still in the sched dialect. `neap-lower-step`, later, gives the constant to
    the runtime.

    ```mlir
    sched.program @train arenas [#sched.arena<device, 512>] { ... }
    // is joined by
    llvm.mlir.global internal constant @neap_manifest("{\22arena_bytes\22:512,...}")
    ```
  }];
  let options = [
    Option<"budget", "budget", "int64_t", "0", "Bytes that were promised; 0 for no promise">,
    Option<"name", "name", "std::string", "\"\"", "Name of the program">,
    Option<"optimizer", "optimizer", "std::string", "\"adamw\"", "Name of the optimizer">,
    ListOption<"learningRate", "learning-rate", "double", "The program's default; without one it has to be told">,
    Option<"beta1", "beta1", "double", "0.9", "The program's default">,
    Option<"beta2", "beta2", "double", "0.999", "The program's default">,
    Option<"epsilon", "epsilon", "double", "1e-8", "The program's default">,
    Option<"weightDecay", "weight-decay", "double", "0.0", "The program's default">,
    Option<"momentum", "momentum", "double", "0.0", "The program's default">,
    ListOption<"clipGradNorm", "clip-grad-norm", "double", "The program's default; none: gradients are not clipped">,
    Option<"maxWorkers", "max-workers", "int64_t", "1", "Threads that scratch is planned for">,
    Option<"device", "device", "::neap::lower::Device", "::neap::lower::Device::Cpu", "What the program runs on",
      [{::llvm::cl::values(clEnumValN(::neap::lower::Device::Cpu, "cpu", "threads of the CPU"),
                           clEnumValN(::neap::lower::Device::Cuda, "cuda", "a CUDA device"))}]>,
    Option<"allowTf32", "allow-tf32", "bool", "false", "Libraries may round factors to TF32">,
    Option<"profile", "profile", "std::string", "\"\"", "A file of `neap calibrate`, for the libraries' algorithms">,
    ListOption<"commandLine", "command-line", "std::string", "The compiler's options, for people to read">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif
