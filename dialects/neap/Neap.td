// The neap dialect in one place: a table of contents.
#ifndef NEAP_DIALECTS_NEAP_NEAP_TD
#define NEAP_DIALECTS_NEAP_NEAP_TD

include "neap/dialects/neap/NeapDialect.td"
include "neap/dialects/neap/NeapProgramOps.td"
include "neap/dialects/neap/NeapElementwiseOps.td"
include "neap/dialects/neap/NeapShapeOps.td"
include "neap/dialects/neap/NeapNetworkOps.td"
include "neap/dialects/neap/NeapAttentionOps.td"
include "neap/dialects/neap/NeapRandomOps.td"
include "neap/dialects/neap/NeapMemoryOps.td"
include "neap/dialects/neap/NeapLoopOps.td"

#endif
