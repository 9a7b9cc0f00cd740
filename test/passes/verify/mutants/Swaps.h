// Gives a program on one stream what a small budget would: values that go to far memory when they are not needed for long, and
// come back ahead of their next use, to windows that they share.
#ifndef NEAP_TEST_PASSES_VERIFY_MUTANTS_SWAPS_H
#define NEAP_TEST_PASSES_VERIFY_MUTANTS_SWAPS_H

#include "neap/dialects/sched/Sched.h"

namespace neap::test {

/// Swaps every activation that nobody uses for a while. Both arenas grow by what that needs; the program stays right.
void insertSwaps(sched::ProgramOp program);

} // namespace neap::test

#endif
