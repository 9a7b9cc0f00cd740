"""lit with threads in place of processes: for roots whose /dev/shm is missing or not writable, where Python can make no
semaphores that processes share. Takes lit's folder, then lit's own arguments."""

import multiprocessing
import multiprocessing.pool
import sys


def thread_pool(workers, initializer, initargs, *_):
    initializer(*initargs)  # sets what all threads share, and a signal handler, which only this thread may
    return multiprocessing.pool.ThreadPool(workers)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv.pop(1))
    multiprocessing.Pool = thread_pool
    from lit.main import main
    main()
