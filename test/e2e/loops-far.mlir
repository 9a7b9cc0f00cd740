// A state in far memory is updated row by row through two buffers, then read back into the parameter. Rounds wait for the two
// before them, so events are carried crosswise and through both loops; none of them is the same in the first round.
// REQUIRES: onnx
// DEFINE: %{train} = --data %t/far-batches.safetensors --max-steps 3 --log %t/log.jsonl --output-dir %t/out
// DEFINE: %{gradients} = --dump-gradients %t/gradients.safetensors
// DEFINE: %{check} = %python %S/loops.py check far %t/log.jsonl %t/out/model.safetensors
// RUN: rm -rf %t && mkdir %t && %python %S/loops.py data %t
// RUN: neap-opt %s -pass-pipeline="builtin.module(sched.program(neap-verify-plan))" -o /dev/null
// RUN: neap compile %s --compile-from schedule -o %t/cpu
// RUN: %t/cpu --offload-dir %t %{train} %{gradients} && %{check} %t/gradients.safetensors
// RUN: neap compile %s --compile-from schedule --target cuda --ptxas none -o %t/cuda
// RUN: %t/cuda --device sim --sim-seed 1 %{train} && %{check}
// RUN: %t/cuda --device sim --sim-seed 2 %{train} && %{check}
// RUN: %t/cuda --device sim --no-graph %{train} && %{check}
// RUN: %t/cuda --device sim %{train} %{gradients} && %{check} %t/gradients.safetensors

// A buffer that is filled again without waiting for the offload of two rounds before.
// RUN: sed -e 's/after(%%old, %%gone)/after(%%old)/' %s > %t/hasty.mlir
// RUN: neap compile %t/hasty.mlir --compile-from schedule --target cuda --ptxas none -o %t/hasty
// RUN: not %t/hasty --device sim %{train} %{gradients} 2>&1 | FileCheck %s --check-prefix=HASTY
// HASTY: simulated device: race: two operations touch the same
!row = !sched.slot<tensor<1024xf32>>
!rows = !sched.slot<tensor<4x1024xf32>>
!ring = !sched.slot<tensor<2x1024xf32>>
!far = !sched.slot<tensor<4x1024xf32>, far>
!farRow = !sched.slot<tensor<1024xf32>, far>
!scalar = !sched.slot<tensor<f32>>
!event = !sched.event
module attributes {neap.options = ["--optimizer=sgd", "--learning-rate=1"]} {
  neap.parameter @w : tensor<4x1024xf32> trained {value = dense<0.0> : tensor<4x1024xf32>}
  neap.parameter @sum : tensor<1024xf32> {value = dense<0.0> : tensor<1024xf32>}
  neap.state @m : tensor<4x1024xf32> of @w
  sched.kernel @add pointwise (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32> in_place [#sched.in_place<0 over 0>] {
  ^bb0(%a: tensor<1024xf32>, %b: tensor<1024xf32>):
    %0 = neap.add %a, %b : tensor<1024xf32>
    neap.yield %0 : tensor<1024xf32>
  }
  sched.kernel @total row (tensor<1024xf32>) -> tensor<f32> {
  ^bb0(%a: tensor<1024xf32>):
    %0 = neap.reduce sum %a axes [0] : tensor<1024xf32>
    neap.yield %0 : tensor<f32>
  }
  sched.program @train arenas [#sched.arena<device, 45504>, #sched.arena<far, 16384>] {
    %w = sched.slot parameter @w at 0 : !rows
    %ring = sched.slot activation at 16384 : !ring
    %sum = sched.slot parameter @sum at 24576 : !row
    %x = sched.slot input "x" at 28672 : !rows
    %block = sched.slot step_block at 45056 : !sched.slot<tensor<17xi32>>
    %loss = sched.slot output "loss" at 45184 : !scalar
    %norm = sched.slot output "gradient_norm" at 45248 : !scalar
    %m = sched.slot state @m at 0 : !far
    %first = sched.launch @total stream(compute) in(%sum : !row) out(%loss : !scalar)
    %start = sched.signal stream(compute)
    %nothing = sched.signal stream(offload)
    %swept:5 = sched.loop 2 carries(%m, %start, %start, %nothing, %nothing) {
    ^bb0(%i: index, %m0: !far, %used0: !event, %old0: !event, %sent0: !event, %gone0: !event):
      %half:5 = sched.loop 2 carries(%m0, %used0, %old0, %sent0, %gone0) {
      ^bb0(%j: index, %whole: !far, %used: !event, %old: !event, %sent: !event, %gone: !event):
        %place = sched.view %whole at 0 + [%i, %j] * [8192, 4096] : !far -> !farRow
        %buffer = sched.view %ring at 0 + [%j] * [4096] : !ring -> !row
        %1 = sched.copy %place to %buffer stream(reload) after(%old, %gone) : !farRow to !row
        %there = sched.signal stream(reload)
        %row = sched.view %x at 0 + [%i, %j] * [8192, 4096] : !rows -> !row
        %2 = sched.launch @add stream(compute) in(%1, %row : !row, !row) out(%buffer : !row) after(%there)
        %now = sched.signal stream(compute)
        %3 = sched.copy %2 to %place stream(offload) after(%now) : !row to !farRow
        %out = sched.signal stream(offload)
        %next = sched.merge %whole with %3 : !far with !farRow
        sched.yield %next, %now, %used, %out, %sent : !far, !event, !event, !event, !event
      } : (!far, !event, !event, !event, !event) -> (!far, !event, !event, !event, !event)
      sched.yield %half#0, %half#1, %half#2, %half#3, %half#4 : !far, !event, !event, !event, !event
    } : (!far, !event, !event, !event, !event) -> (!far, !event, !event, !event, !event)
    // Three times, so that a row arrives where the round before read it.
    %read:3 = sched.loop 3 carries(%w, %sum, %swept#1) {
    ^bb0(%k: index, %w0: !rows, %sum0: !row, %free0: !event):
      %all:3 = sched.loop 4 carries(%w0, %sum0, %free0) {
      ^bb0(%r: index, %whole: !rows, %so_far: !row, %free: !event):
        %source = sched.view %swept#0 at 0 + [%r] * [4096] : !far -> !farRow
        %target = sched.view %whole at 0 + [%r] * [4096] : !rows -> !row
        %1 = sched.copy %source to %target stream(reload) after(%free, %swept#3) : !farRow to !row
        %there = sched.signal stream(reload)
        %2 = sched.launch @add stream(compute) in(%so_far, %1 : !row, !row) out(%so_far : !row) after(%there)
        %now = sched.signal stream(compute)
        %next = sched.merge %whole with %1 : !rows with !row
        sched.yield %next, %2, %now : !rows, !row, !event
      } : (!rows, !row, !event) -> (!rows, !row, !event)
      sched.yield %all#0, %all#1, %all#2 : !rows, !row, !event
    } : (!rows, !row, !event) -> (!rows, !row, !event)
    sched.observe %read#0 of @w : !rows
    %shown = sched.signal stream(compute)
    %last = sched.launch @total stream(compute) in(%read#1 : !row) out(%norm : !scalar)
    // Behind the loops counts are those of all rounds: the first row goes once more, to far memory and back.
    %from = sched.view %read#0 : !rows -> !row
    %to = sched.view %swept#0 : !far -> !farRow
    %again = sched.copy %from to %to stream(offload) after(%read#2) : !row to !farRow
    %gone = sched.signal stream(offload)
    %done = sched.merge %swept#0 with %again : !far with !farRow
    %4 = sched.copy %again to %from stream(reload) after(%gone, %shown) : !farRow to !row
    %5 = sched.merge %read#0 with %4 : !rows with !row
    sched.return %5, %read#1, %done, %first, %last : !rows, !row, !far, !scalar, !scalar
  }
}
