// The passes of the graph stage, in the order in which they run: a table of contents.
#ifndef NEAP_PASSES_GRAPH_TD
#define NEAP_PASSES_GRAPH_TD

include "neap/passes/graph/attach-loss/Pass.td"
include "neap/passes/graph/raise-gelu/Pass.td"
include "neap/passes/graph/raise-attention/Pass.td"
include "neap/passes/graph/bound-indices/Pass.td"
include "neap/passes/graph/describe-inputs/Pass.td"

#endif
