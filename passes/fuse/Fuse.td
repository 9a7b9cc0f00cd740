// The passes of the fuse stage: a table of contents.
include "neap/passes/fuse/decompose/Pass.td"
include "neap/passes/fuse/fuse-operators/Pass.td"
