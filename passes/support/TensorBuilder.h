// The tensor writer lives with the dialect, whose gradients and decompositions use it too.
#pragma once

#include "neap/dialects/neap/TensorBuilder.h"
