// `main` in an object of its own: a program that brings its own calls neap_main itself.
#include "neap/runtime/abi/neap_runtime.h"

int main(int argc, char **argv) { return neap_main(argc, argv, &neap_program_instance); }
