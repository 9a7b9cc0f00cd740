"""lit with threads in place of processes: for roots whose /dev/shm is missing or not writable, where Python can make no
semaphores that processes share. Takes lit's folder, then lit's own arguments."""

import concurrent.futures
import multiprocessing
import sys
import threading


class ThreadPool:
    """What lit uses of multiprocessing.Pool."""

    def __init__(self, workers, initializer, arguments):
        initializer(*arguments)  # sets what all threads share, and a signal handler, which only this thread may
        self.threads = concurrent.futures.ThreadPoolExecutor(workers)
        self.callbacks = threading.Lock()

    def apply_async(self, function, args, callback):
        def run():
            result = function(*args)
            with self.callbacks:
                callback(result)
            return result

        future = self.threads.submit(run)
        future.get = future.result
        return future

    def close(self):
        self.threads.shutdown(wait=False)

    def terminate(self):
        self.threads.shutdown(wait=False, cancel_futures=True)

    def join(self):
        self.threads.shutdown()


if __name__ == "__main__":
    sys.path.insert(0, sys.argv.pop(1))
    multiprocessing.Pool = ThreadPool
    from lit.main import main
    main()
