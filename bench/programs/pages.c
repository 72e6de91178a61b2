/* The peer of `vm -p`: `pages touch MEGABYTES` touches so much and waits; `pages PID` prints address and physical address of every page that is in memory. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 2) {
        size_t length = strtoul(argv[2], 0, 10) << 20;
        char *at = mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        madvise(at, length, MADV_NOHUGEPAGE);
        for (size_t i = 0; i < length; i += 4096) at[i] = 1;
        puts("touched");
        fflush(stdout);
        pause();
    }
    char path[64], line[4096];
    snprintf(path, sizeof path, "/proc/%s/pagemap", argv[1]);
    int pagemap = open(path, O_RDONLY);
    snprintf(path, sizeof path, "/proc/%s/maps", argv[1]);
    FILE *maps = fopen(path, "r");
    static uint64_t words[65536];
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx", &start, &end) != 2 || start >> 63) continue;
        for (unsigned long at = start; at < end;) {
            ssize_t length = pread(pagemap, words, (end - at) / 512 < sizeof words ? (end - at) / 512 : sizeof words, at / 512);
            if (length <= 0) break;
            for (ssize_t i = 0; i < length / 8; i++, at += 4096)
                if (words[i] >> 63) printf("%-16lx  %lx\n", at, (words[i] & ((1ul << 55) - 1)) << 12);
                else printf("%-16lx  (not mapped)\n", at);
        }
    }
    return 0;
}
