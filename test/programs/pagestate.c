/* Memory in every state that a page can be in, and the program's own account of each page: address, then what its own pagemap and mincore say. Then it waits. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int pagemap;

static void account(const char *name, char *from, size_t length) {
    printf("AREA %s %lx %lx\n", name, (long)from, (long)(from + length));
    for (size_t at = 0; at < length; at += 4096) {
        uint64_t word = 0;
        if (pread(pagemap, &word, 8, ((uintptr_t)from + at) / 4096 * 8) != 8) abort();
        const char *state = word >> 63 & 1 ? "present" : word >> 62 & 1 ? "swapped" : "none";
        printf("%lx %s %lx\n", (long)(from + at), state, word >> 63 & 1 ? (long)(word & ((1ul << 55) - 1)) : 0);
    }
}

int main(int argc, char **argv) {
    size_t page = 4096, large = 4 << 20;
    pagemap = open("/proc/self/pagemap", O_RDONLY);
    char *sparse = mmap(0, 64 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(sparse, 64 * page, MADV_NOHUGEPAGE);
    for (int i = 0; i < 64; i += 3) sparse[i * page] = 1;
    char *zero = mmap(0, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(zero, 8 * page, MADV_NOHUGEPAGE);
    volatile int sum = 0;
    for (int i = 0; i < 8; i += 2) sum += zero[i * page];
    char *huge = mmap(0, large, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    huge = (char *)(((uintptr_t)huge + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
    madvise(huge, 2 << 20, MADV_HUGEPAGE);
    memset(huge, 1, 2 << 20);
    char *shared = mmap(0, 16 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 16; i += 2) shared[i * page] = 1;
    int file = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (ftruncate(file, 16 * page)) abort();
    char *private_file = mmap(0, 16 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    char *shared_file = mmap(0, 16 * page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    for (int i = 0; i < 16; i += 4) private_file[i * page] = shared_file[(i + 1) * page] = 1;
    char *same = mmap(0, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(same, 8 * page, MADV_NOHUGEPAGE);
    memset(same, 7, 8 * page);
    char *hole = mmap(0, 8 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *locked = mmap(0, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    char *released = mmap(0, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(released, 8 * page, MADV_NOHUGEPAGE);
    memset(released, 1, 8 * page);
    madvise(released + 2 * page, 3 * page, MADV_DONTNEED);
    account("sparse", sparse, 64 * page);
    account("zero", zero, 8 * page);
    account("huge", huge, 2 << 20);
    account("shared", shared, 16 * page);
    account("private_file", private_file, 16 * page);
    account("shared_file", shared_file, 16 * page);
    account("same", same, 8 * page);
    account("hole", hole, 8 * page);
    account("locked", locked, 4 * page);
    account("released", released, 8 * page);
    printf("END\n");
    fflush(stdout);
    pause();
    return argc;
}
