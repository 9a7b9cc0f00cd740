#ifndef NEAP_PASSES_GRAPH_RAISE_ATTENTION_PASS_TD
#define NEAP_PASSES_GRAPH_RAISE_ATTENTION_PASS_TD

include "mlir/Pass/PassBase.td"

def RaiseAttention : Pass<"neap-raise-attention"> {
  let summary = "Recognise written-out attention";
  let description = [{
    Replaces softmax(scale q k^T + bias) v, written out in the ways of the exporters, by `neap.attention`, which keeps no matrix of
    scores:

    - the scale as a factor or divisor of the scores (eager), or of q and k (SDPA), or absent
    - biases added before or after one another, and masks that select between a score and -inf, which become a bias of 0 and -inf.
      So does a constant mask with a large negative number in its place, if it is alone and shows every query a key
    - a constant bias of 0 up to the diagonal and large negative numbers above it becomes `causal`
    - dropout of the probabilities: the mask of the op is that of the `neap.dropout`
    - rows that are NaN since no key is visible, replaced by zeros (SDPA with a boolean mask), become `empty_rows_zero`

    A bias loses the dimensions along which it was only stretched. Keys and values that were repeated for the heads of a group
    (grouped-query attention: Unsqueeze, Expand, Reshape) are read where they are: heads become two dimensions, groups and members. What scores or probabilities are also used for elsewhere is
    left alone, and so are heads of more than `max-head-size` elements: the sums of a row then no longer fit a CUDA thread's
    registers. Requires canonical IR.

    ```mlir
    %kt = neap.transpose %k [0, 2, 1] : tensor<2x8x4xf32>
    %products = neap.matmul %q, %kt : tensor<2x8x4xf32>, tensor<2x4x8xf32>
    %half = neap.constant dense<5.0e-01> : tensor<2x8x8xf32>
    %scores = neap.mul %products, %half : tensor<2x8x8xf32>
    %p = neap.softmax %scores : tensor<2x8x8xf32>
    %y = neap.matmul %p, %v : tensor<2x8x8xf32>, tensor<2x8x4xf32>
    // becomes
    %y, %lse = neap.attention %q, %k, %v {scale = 5.0e-01 : f32} : tensor<2x8x4xf32>, tensor<2x8x4xf32>, tensor<2x8x4xf32>
    ```
  }];
  let options = [
    Option<"maxHeadSize", "max-head-size", "int64_t", /*default=*/"256", "Most elements of a query, key or value.">
  ];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
