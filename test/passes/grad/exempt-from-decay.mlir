// Names take parameters out of weight decay.
// RUN: neap-opt "-neap-exempt-from-decay=patterns=*.bias,ln?.*" %s | FileCheck %s
// RUN: neap-opt -neap-exempt-from-decay %s | FileCheck %s --check-prefix=NONE
// RUN: neap-opt "-neap-exempt-from-decay=patterns=*.bias" %s -remarks-filter=exempt -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: not neap-opt "-neap-exempt-from-decay=patterns=frozen*" %s 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not neap-opt "-neap-exempt-from-decay=patterns=[" %s 2>&1 | FileCheck %s --check-prefix=BAD

// CHECK: neap.parameter @fc.weight
// CHECK-NOT: decays = false
// CHECK: neap.parameter @fc.bias : tensor<2xf32> trained {decays = false
// CHECK: neap.parameter @ln1.weight : tensor<2xf32> trained {decays = false
// NONE-NOT: decays = false
// REMARK: Exempt{{.*}}'fc.bias' is not decayed
neap.parameter @fc.weight : tensor<2xf32> trained {value = dense<0.0> : tensor<2xf32>}
neap.parameter @fc.bias : tensor<2xf32> trained {value = dense<0.0> : tensor<2xf32>}
neap.parameter @ln1.weight : tensor<2xf32> trained {value = dense<0.0> : tensor<2xf32>}

// What is not trained is not decayed anyway.
// CHECK: neap.parameter @frozen.bias : tensor<2xf32> {value
// NOTHING: error: --no-decay: expected a pattern that matches a trained parameter, got 'frozen*'
// BAD: error: --no-decay: expected a pattern, got '[': {{.*}}
neap.parameter @frozen.bias : tensor<2xf32> {value = dense<0.0> : tensor<2xf32>}
