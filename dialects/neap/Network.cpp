#include "neap/dialects/neap/Neap.h"
