// The passes that price programs: a table of contents.
#ifndef NEAP_PASSES_COSTS_COSTS_TD
#define NEAP_PASSES_COSTS_COSTS_TD

include "neap/passes/costs/estimate-step/Pass.td"

#endif
