"""What a training program for the CPU may have resident beside its plan."""

# Code, libraries, stacks of threads, and the file of batches.
RESIDENT_BESIDE_PLAN = 32 << 20
