#include "CompiledKernels.h"
