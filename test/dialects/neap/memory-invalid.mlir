// What the ops of a memory plan refuse.
// RUN: neap-opt %s --split-input-file --verify-diagnostics

// offload_c1: what lies in far memory is no operand.
neap.step @offload_c1(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{expected its result to be awaited, reloaded or written to a state in far memory, got neap.exp}}
  %far = neap.offload %x : tensor<4xf32>
  %y = neap.exp %far : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// -----

// offload_c1: nor does a state on the device take it.
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
neap.state @m : tensor<4xf32> of @w
neap.step @offload_c1(%x: tensor<4xf32>) {
  // expected-error @below {{got neap.write}}
  %far = neap.offload %x : tensor<4xf32>
  neap.write @m, %far : tensor<4xf32>
  neap.return
}

// -----

// await_c1
neap.step @await_c1(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{expected a value that is offloaded}}
  %far = neap.await %x after %x : tensor<4xf32> after tensor<4xf32>
  %y = neap.reload %far after %x : tensor<4xf32> after tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// -----

// reload_c1
neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
neap.state @m : tensor<4xf32> of @w
neap.step @reload_c1(%x: tensor<4xf32>) -> tensor<4xf32> {
  %m = neap.read @m : tensor<4xf32>
  // expected-error @below {{expected a value in far memory}}
  %y = neap.reload %m after %x : tensor<4xf32> after tensor<4xf32>
  neap.return %y : tensor<4xf32>
}
