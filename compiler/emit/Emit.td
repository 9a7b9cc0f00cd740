// The passes that belong to emitting: a table of contents.
#ifndef NEAP_COMPILER_EMIT_EMIT_TD
#define NEAP_COMPILER_EMIT_EMIT_TD

include "neap/compiler/emit/write-manifest/Pass.td"
include "neap/compiler/emit/emit-ptx/Pass.td"
include "neap/compiler/emit/assemble-ptx/Pass.td"
include "neap/compiler/emit/write-object/Pass.td"

#endif
