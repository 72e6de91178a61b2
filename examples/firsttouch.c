/* A mapping whose pages appear as they are first touched, and one that a huge page comes to. */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/mman.h>

char *data, *large;

int main(void) {
    data = mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    large = mmap(0, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    large = (char *)(((uintptr_t)large + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
    data[4096] = 1;
    madvise(large, 2 << 20, MADV_HUGEPAGE);
    large[0x12345] = 1;
    return 0;
}
