// Ends the process when it allocates anything the size of a tensor after the first step. Stands in front of libc's
// malloc, so it is left out where a sanitizer already does.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

#include <cstddef>
#include <cstdlib>
#include <unistd.h>

extern bool firstStepDone;

extern "C" {
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
}

namespace {

constexpr size_t largestAllowed = 64 * 1024;

void check(size_t size) {
  if (!firstStepDone || size <= largestAllowed)
    return;
  constexpr char message[] = "tensor-sized allocation after the first step\n";
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, message, sizeof(message) - 1);
  abort();
}

} // namespace

extern "C" {

void *malloc(size_t size) {
  check(size);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  check(count * size);
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  check(size);
  return __libc_realloc(memory, size);
}
}

#endif
