// The passes of the grad stage, in the order in which they run: a table of contents.
#ifndef NEAP_PASSES_GRAD_TD
#define NEAP_PASSES_GRAD_TD

include "neap/passes/grad/exempt-from-decay/Pass.td"
include "neap/passes/grad/build-backward/Pass.td"
include "neap/passes/grad/clip-gradient-norm/Pass.td"
include "neap/passes/grad/build-optimizer/Pass.td"

#endif
