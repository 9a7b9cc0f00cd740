#ifndef NEAP_PASSES_LOWER_LOWER_STEP_PASS_TD
#define NEAP_PASSES_LOWER_LOWER_STEP_PASS_TD

include "mlir/Pass/PassBase.td"

def LowerStep : Pass<"neap-lower-step", "::mlir::ModuleOp"> {
  let summary = "Turn the scheduled program into a function that launches its kernels, and describe it to the runtime";
  let description = [{
    Makes, by runtime/abi/neap_runtime.h,
    1. `neap_step(context, arena)`: for every launch the operands' addresses are stored to an array and `neap_launch` is
       called; observations call `neap_observe_gradient`; copies are memcpy, `neap_offload` or `neap_reload`. An event is a count of
       its stream, so only the compute stream has to give signals, and only where a copy waits for one. A loop is a loop: what
       moves with its induction variable is computed in each round, and so are counts; carried events are numbers that a round
       hands to the next (docs/design/0012).
    2. `neap_constants`: the bytes of constant slots (see ConstantData.h).
    3. `neap_program_instance`: sizes, step, constants and the manifest, which is the global `neap_manifest` if the module has
       one.

    With `device=cuda` there is no step function: the manifest has the program as data, and the instance names `neap_ptx`, which
    neap-emit-ptx fills in; its cubin is null until neap-assemble-ptx sets it. Loops were unrolled when the manifest was written.
    The declarations of parameters and states go.

    ```mlir
    %1 = sched.launch @pointwise_0 stream(compute) in(%0 : !sched.slot<tensor<4xf32>>) out(%0 : !sched.slot<tensor<4xf32>>)
    // becomes
    %2 = llvm.getelementptr %arena[0] : (!llvm.ptr) -> !llvm.ptr, i8
    llvm.store %2, %buffers : !llvm.ptr, !llvm.ptr
    ...
    llvm.call @neap_launch(%context, %kernel, %buffers, %items, %grain)
    ```

    Requires: kernels are functions with what setKernelInfo says of them; far memory is used as FarMemory.h demands, and no gradient
    is observed in a loop; on a CUDA device operands begin, and move by, multiples of what their kernels read at once. All this is checked.
    Guarantees: no sched and no neap op is left.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect"];
  let options = [
    Option<"maxWorkers", "max-workers", "int64_t", "1", "Threads that scratch is planned for">,
    Option<"device", "device", "::neap::lower::Device", "::neap::lower::Device::Cpu", "What the program runs on",
      [{::llvm::cl::values(clEnumValN(::neap::lower::Device::Cpu, "cpu", "threads of the CPU"),
                           clEnumValN(::neap::lower::Device::Cuda, "cuda", "a CUDA device"))}]>
  ];
}

#endif
