/* What the benchmarks run: a function called often, and a loop of known length in instructions. */
#include <stdlib.h>

volatile long total;

__attribute__((noinline)) void tick(long i) { __asm__ volatile("" ::"r"(i)); }

long sink;

/* Ten instructions a round, one of which writes memory. */
__attribute__((noinline)) void spin(long rounds) {
    __asm__ volatile("1: lea 3(%0), %%rax; imul $5, %%rax; mov %%rax, %%rdx; shr $2, %%rdx; xor %%rdx, %%rax; add $7, %%rax; test %%rax, %%rax; mov %%rax, sink(%%rip); dec %0; jnz 1b"
                     : "+r"(rounds)
                     :
                     : "rax", "rdx", "memory");
}

int main(int argc, char **argv) {
    long ticks = argc > 1 ? atol(argv[1]) : 0;
    long rounds = argc > 2 ? atol(argv[2]) : 0;
    for (long i = 0; i < ticks; i++)
        tick(i);
    if (rounds)
        spin(rounds);
    total = 1;
    return 0;
}
