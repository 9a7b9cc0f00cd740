"""What a training program for the CPU may have resident beside its plan: code, libraries, stacks of threads, the file of batches."""

RESIDENT_BESIDE_PLAN = 32 << 20
