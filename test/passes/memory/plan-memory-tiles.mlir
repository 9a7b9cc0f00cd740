// neap-plan-memory with a value so large that it is made in tiles: 512 x 4096 floats are 8 MiB, everything else is 256 KiB.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{minimum lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,TILES
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{budget=5000000 lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,TILES
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{budget=20000000 lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,WHOLE
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{minimum tiles=false lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,WHOLE
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{minimum matrix-products=library lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,WHOLE
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{minimum lanes=8 workers=1})' --remarks-filter=neap-plan-memory 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// A plan file says what is in tiles; one that asks for what cannot be is refused.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{minimum report=%t.json lanes=8 workers=1})' -o %t.made.mlir
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{plan=%t.json lanes=8 workers=1})' -o %t.taken.mlir
// RUN: diff %t.made.mlir %t.taken.mlir
// RUN: sed 's/"rounds": 16/"rounds": 7/' %t.json > %t.rounds.json
// RUN: not neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{plan=%t.rounds.json lanes=8 workers=1})' 2>&1 | FileCheck %s --check-prefix=ROUNDS
// ROUNDS: error: expected tiles of values of this step, in rounds that it can be computed in
// RUN: sed 's/"rounds": 16/"rounds": 1/' %t.json > %t.one.json
// RUN: not neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{plan=%t.one.json lanes=8 workers=1})' 2>&1 | FileCheck %s --check-prefix=ONE
// ONE: error: {{.*}}expected tiles with an op, a result and two rounds or more

// REMARK: [Passed] Tile | Category:neap-plan-memory | {{.*}} is made in tiles{{.*}}Rounds=16

neap.parameter @w : tensor<16x4096xf32> trained {value = dense<0.1> : tensor<16x4096xf32>}

// CHECK-LABEL: neap.step @train
neap.step @train(%x: tensor<512x16xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
  %w = neap.read @w : tensor<16x4096xf32>
  // TILES: neap.tile_loop
  // WHOLE-NOT: neap.tile_loop
  %y = neap.matmul %x, %w : tensor<512x16xf32>, tensor<16x4096xf32>
  %e = neap.exp %y : tensor<512x4096xf32>
  %rows = neap.reduce sum %e axes [1] : tensor<512x4096xf32>
  %loss = neap.reduce sum %rows axes [0] : tensor<512xf32>
  %xt = neap.transpose %x [1, 0] : tensor<512x16xf32>
  %dw = neap.matmul %xt, %e : tensor<16x512xf32>, tensor<512x4096xf32>
  %next = neap.sub %w, %dw : tensor<16x4096xf32>
  neap.write @w, %next : tensor<16x4096xf32>
  neap.return %loss : tensor<f32>
}
