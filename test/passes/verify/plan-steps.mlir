// Loops with more rounds than anybody can wait for are refused.
// RUN: neap-opt -verify-diagnostics -pass-pipeline="builtin.module(sched.program(neap-verify-plan))" %s
// RUN: neap-opt -verify-diagnostics -pass-pipeline="builtin.module(sched.program(neap-verify-plan{max-steps=1000}))" %s

sched.program @p arenas [#sched.arena<device, 256>] {
  sched.loop 100 carries() {
  ^bb0(%i: index):
    sched.yield
  } : () -> ()
  sched.loop 1000000000000 carries() {
  ^bb0(%i: index):
    // expected-error@+1 {{expected fewer ops to execute with all rounds of loops, to check them one by one}}
    sched.yield
  } : () -> ()
  sched.return
}
