// The passes of the memory stage, in the order in which they run: a table of contents.
#ifndef NEAP_PASSES_MEMORY_TD
#define NEAP_PASSES_MEMORY_TD

include "neap/passes/memory/insert-stashes/Pass.td"
include "neap/passes/memory/tile/Pass.td"
include "neap/passes/memory/tile-batch/Pass.td"
include "neap/passes/memory/plan-memory/Pass.td"
include "neap/passes/memory/rematerialize/Pass.td"

#endif
