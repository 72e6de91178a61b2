/* Writes past the end of what it asked for. Nothing happens at the first wrong byte: the page is still ours.
 * The kernel steps in where the mapping ends, far from the mistake. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct ring {
    size_t length;
    size_t next;
    unsigned char *bytes;
};

static struct ring *make_ring(size_t length) {
    struct ring *ring = malloc(sizeof *ring);
    ring->length = length;
    ring->next = 0;
    ring->bytes = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return ring;
}

static void put(struct ring *ring, unsigned char byte) {
    ring->bytes[ring->next] = byte; /* forgets to wrap */
    ring->next++;
}

static void write_all(struct ring *ring, size_t count) {
    for (size_t i = 0; i < count; i++)
        put(ring, (unsigned char)(i & 0xff));
}

int main(void) {
    struct ring *ring = make_ring(64 * 1024);
    /* A page that may not be touched follows, so the end is always in the same place. */
    munmap(ring->bytes + 32 * 1024, 32 * 1024);
    write_all(ring, ring->length);
    printf("wrote %zu bytes\n", ring->next);
    return 0;
}
