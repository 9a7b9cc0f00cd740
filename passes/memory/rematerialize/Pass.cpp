// neap-rematerialize. The work is in Rematerialize.cpp.
#include "neap/passes/memory/Passes.h"
#include "neap/passes/memory/rematerialize/Rematerialize.h"

namespace neap {
#define GEN_PASS_DEF_REMATERIALIZEPASS
#include "neap/passes/memory/Memory.h.inc"

namespace {
struct RematerializePass : impl::RematerializePassBase<RematerializePass> {
  void runOnOperation() override {
    if (failed(rematerialize(getOperation(), /*reports=*/true)))
      signalPassFailure();
  }
};
} // namespace
} // namespace neap
