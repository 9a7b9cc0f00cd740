// Passes that check and change nothing: a table of contents.
#ifndef NEAP_PASSES_VERIFY_VERIFY_TD
#define NEAP_PASSES_VERIFY_VERIFY_TD

include "neap/passes/verify/types/Pass.td"
include "neap/passes/verify/plan/Pass.td"

#endif
