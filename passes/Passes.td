// All passes of the compiler: a table of contents.
#ifndef NEAP_PASSES_TD
#define NEAP_PASSES_TD

include "passes/schedule/schedule-step/Pass.td"
include "passes/lower/step/Pass.td"
include "passes/verify/arena/Pass.td"

#endif
