// A program that a device would keep entry by entry may not be too long; on the CPU it is a loop.
// RUN: neap-opt %s -verify-diagnostics "-neap-write-manifest=device=cuda" -o /dev/null
// RUN: neap-opt %s -neap-write-manifest 2>&1 | grep -c neap_manifest

llvm.func @k() attributes {neap.kernel = {items = 7 : i64, grain = 2 : i64, scratch = 0 : i64, kind = #neap<group_kind gemm>, ops = ["matmul"], blocks = 2 : i64, block_threads = 128 : i64}}
// expected-error@+1 {{expected at most 50000 launches and copies with all rounds of loops, got 50001: a CUDA program lists each of them}}
sched.program @train arenas [#sched.arena<device, 16>] {
  %a = sched.slot activation at 0 : !sched.slot<tensor<4xf32>>
  %1 = sched.launch @k stream(compute) in() out(%a : !sched.slot<tensor<4xf32>>)
  sched.loop 100 carries() {
  ^bb0(%i: index):
    sched.loop 500 carries() {
    ^bb0(%j: index):
      %2 = sched.launch @k stream(compute) in() out(%a : !sched.slot<tensor<4xf32>>)
      sched.yield
    } : () -> ()
    sched.yield
  } : () -> ()
  sched.return
}
