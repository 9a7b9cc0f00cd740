// The passes of the schedule stage: a table of contents.
#ifndef NEAP_PASSES_SCHEDULE_SCHEDULE_TD
#define NEAP_PASSES_SCHEDULE_SCHEDULE_TD

include "neap/passes/schedule/schedule-step/Pass.td"

#endif
