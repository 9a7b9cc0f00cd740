// What is in no group cannot be scheduled.
// RUN: neap-opt -verify-diagnostics -neap-schedule-step %s

neap.step @train(%x: tensor<16xf32> {neap.name = "x"}) -> (tensor<16xf32> {neap.name = "y"}) {
  // expected-error@+1 {{expected to be in a fusion group when the step is scheduled}}
  %y = neap.exp %x : tensor<16xf32>
  neap.return %y : tensor<16xf32>
}
