// Two loops, one in the other: row (i, j) of x is added to what is carried, and that to row (j, i) of a parameter, which is
// carried as a whole. The gradient is shown behind both. Both targets compute what numpy does, whatever order the device takes.
// REQUIRES: onnx
// DEFINE: %{train} = --data %t/nested-batches.safetensors --max-steps 3 --log %t/log.jsonl --output-dir %t/out
// DEFINE: %{gradients} = --dump-gradients %t/gradients.safetensors
// DEFINE: %{check} = %python %S/loops.py check nested %t/log.jsonl %t/out/model.safetensors
// RUN: rm -rf %t && mkdir %t && %python %S/loops.py data %t
// RUN: neap-opt %s -pass-pipeline="builtin.module(sched.program(neap-verify-plan))" -o /dev/null
// RUN: neap compile %s --compile-from schedule -o %t/cpu && %t/cpu %{train} && %{check}
// RUN: %t/cpu %{train} %{gradients} && %{check} %t/gradients.safetensors
// RUN: neap compile %s --compile-from schedule --target cuda --ptxas none -o %t/cuda
// RUN: %t/cuda --device sim --sim-seed 1 %{train} && %{check}
// RUN: %t/cuda --device sim --sim-seed 2 %{train} && %{check}
// RUN: %t/cuda --device sim --no-graph %{train} && %{check}
// RUN: %t/cuda --device sim %{train} %{gradients} && %{check} %t/gradients.safetensors

// What a step costs counts all rounds, in a program and in IR.
// RUN: neap inspect --kernels %t/cpu | FileCheck %s --check-prefix=LAUNCHES
// RUN: neap inspect --kernels %t/cuda | FileCheck %s --check-prefix=LAUNCHES
// RUN: neap roofline --kernels %s | FileCheck %s --check-prefix=LAUNCHES
// LAUNCHES-DAG: {{^}}add pointwise 25 
// LAUNCHES-DAG: {{^}}twice pointwise 24 
!row = !sched.slot<tensor<8xf32>>
!x = !sched.slot<tensor<4x6x8xf32>>
!kept = !sched.slot<tensor<6x4x8xf32>>
!scalar = !sched.slot<tensor<f32>>
module attributes {neap.options = ["--optimizer=sgd", "--learning-rate=1"]} {
  neap.parameter @kept : tensor<6x4x8xf32> {value = dense<0.0> : tensor<6x4x8xf32>}
  neap.parameter @sum : tensor<8xf32> trained {value = dense<0.0> : tensor<8xf32>}
  sched.kernel @zero pointwise () -> tensor<8xf32> {
    %0 = neap.constant dense<0.0> : tensor<8xf32>
    neap.yield %0 : tensor<8xf32>
  }
  sched.kernel @add pointwise (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> in_place [#sched.in_place<0 over 0>] {
  ^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>):
    %0 = neap.add %a, %b : tensor<8xf32>
    neap.yield %0 : tensor<8xf32>
  }
  sched.kernel @twice pointwise (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> in_place [#sched.in_place<0 over 0>] {
  ^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>):
    %0 = neap.add %a, %a : tensor<8xf32>
    %1 = neap.add %0, %b : tensor<8xf32>
    neap.yield %1 : tensor<8xf32>
  }
  sched.kernel @total row (tensor<8xf32>) -> tensor<f32> {
  ^bb0(%a: tensor<8xf32>):
    %0 = neap.reduce sum %a axes [0] : tensor<8xf32>
    neap.yield %0 : tensor<f32>
  }
  sched.program @train arenas [#sched.arena<device, 1984>] {
    %kept = sched.slot parameter @kept at 0 : !kept
    %sum = sched.slot parameter @sum at 768 : !row
    %x = sched.slot input "x" at 832 : !x
    %block = sched.slot step_block at 1600 : !sched.slot<tensor<17xi32>>
    %a = sched.slot activation at 1728 : !row
    %loss = sched.slot output "loss" at 1792 : !scalar
    %norm = sched.slot output "gradient_norm" at 1856 : !scalar
    %none = sched.launch @zero stream(compute) in() out(%a : !row)
    %both:2 = sched.loop 4 carries(%none, %kept) {
    ^bb0(%i: index, %outer: !row, %outerKept: !kept):
      %inner:2 = sched.loop 6 carries(%outer, %outerKept) {
      ^bb0(%j: index, %so_far: !row, %whole: !kept):
        %row = sched.view %x at 0 + [%i, %j] * [192, 32] : !x -> !row
        %1 = sched.launch @add stream(compute) in(%so_far, %row : !row, !row) out(%so_far : !row)
        %place = sched.view %whole at 0 + [%j, %i] * [128, 32] : !kept -> !row
        %2 = sched.launch @twice stream(compute) in(%place, %1 : !row, !row) out(%place : !row)
        %next = sched.merge %whole with %2 : !kept with !row
        sched.yield %1, %next : !row, !kept
      } : (!row, !kept) -> (!row, !kept)
      sched.yield %inner#0, %inner#1 : !row, !kept
    } : (!row, !kept) -> (!row, !kept)
    sched.observe %both#0 of @sum : !row
    %3 = sched.launch @add stream(compute) in(%sum, %both#0 : !row, !row) out(%sum : !row)
    %4 = sched.launch @total stream(compute) in(%both#0 : !row) out(%loss : !scalar)
    // The last element of what is kept, as a number to report.
    %last = sched.view %both#1 at 764 : !kept -> !scalar
    %5 = sched.copy %last to %norm stream(compute) : !scalar to !scalar
    sched.return %both#1, %3, %4, %5 : !kept, !row, !scalar, !scalar
  }
}
