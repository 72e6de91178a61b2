/* Would the kernel promise so many kilobytes? Says yes or no for each argument. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        size_t length = strtoul(argv[i], 0, 10) << 10;
        void *at = mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        puts(at == MAP_FAILED ? "no" : "yes");
        if (at != MAP_FAILED) munmap(at, length);
    }
    return 0;
}
