// Reads the grammar of PTX. What an opcode means is the decoder's business.
#ifndef NEAP_RUNTIME_SIM_PTX_PARSER_H
#define NEAP_RUNTIME_SIM_PTX_PARSER_H

#include "neap/runtime/sim/ptx/Syntax.h"

#include <string_view>

namespace neap::sim::ptx {

/// Parses a module. Throws Error at the first directive that is not known, by its name, and where the grammar is
/// broken.
ModuleSyntax parse(std::string_view text);

} // namespace neap::sim::ptx

#endif
