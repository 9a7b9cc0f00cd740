// The passes of the lower stage that Neap adds to upstream's conversions.
#ifndef NEAP_PASSES_LOWER_LOWER_TD
#define NEAP_PASSES_LOWER_LOWER_TD

include "mlir/Pass/PassBase.td"

def LowerMath : Pass<"neap-lower-math"> {
  let summary = "Replace math functions by polynomials, and refuse those that would become library calls";
  let description = [{
    `math.exp`, `math.log`, `math.tanh` and `math.erf` on f32 become the polynomials that MLIR brings, the same for
    scalars and vectors, so a value has the same bits in a vector loop and in its remainder. Conversions between f32 and
    bf16 become integer operations. `math.sin`, `math.cos`, `math.powf` and `arith.remf` on f32 become arithmetic in f64 where
    f32 would lose the result (MathFunctions.h).

    ```mlir
    %1 = math.exp %0 : vector<16xf32>     // becomes arith and math.fma on vector<16xf32>
    ```

    Requires: nothing. Guarantees: what remains of math and arith are operations that have an instruction on every CPU
    with AVX2 and FMA. Anything else (`math.atan`, `math.exp` on f64, ...) is an error here instead of an unresolved symbol
    at link time.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

def VerifyLowered : Pass<"neap-verify-lowered"> {
  let summary = "Refuse a module in which anything but the LLVM dialect is left";
  let description = [{
    The conversions of the lower stage leave alone what they do not know. This pass turns the first such operation into
    an error with its location, before the translation to LLVM IR would fail without one.
  }];
}

#endif
