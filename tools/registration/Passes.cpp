// The passes, stage by stage. See Registration.h.
#include "neap/tools/registration/Registration.h"

#include "neap/compiler/emit/Passes.h"
#include "neap/passes/costs/Passes.h"
#include "neap/passes/fuse/Passes.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/graph/Passes.h"
#include "neap/passes/lower/Program.h"
#include "neap/passes/lower/ToLlvm.h"
#include "neap/passes/memory/Passes.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/schedule/Passes.h"
#include "neap/passes/verify/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Transforms/Passes.h"

void neap::registerAllPasses() {
  registerOnnxPasses();
  registerGraphPasses();
  registerGradPasses();
  registerCostsPasses();
  registerMemoryPasses();
  registerFusePasses();
  registerSchedulePasses();
  registerVerifyPasses();
  registerLowerProgramPasses();
  lower::registerLowerPasses();
  emit::registerEmitPasses();
  mlir::registerConversionPasses(); // the lower stage has some: its crash reproducers name them
  mlir::registerTransformsPasses();
}
