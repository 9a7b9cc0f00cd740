// The passes that take a scheduled program apart: a table of contents.
#ifndef NEAP_PASSES_LOWER_PROGRAM_TD
#define NEAP_PASSES_LOWER_PROGRAM_TD

include "neap/passes/lower/lower-kernels/Pass.td"
include "neap/passes/lower/lower-step/Pass.td"

#endif
