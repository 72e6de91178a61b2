/* Recursion deep enough that only part of it can be shown, and two functions that call each other. */
#include <stdio.h>
#include <stdlib.h>

static volatile int calls;

__attribute__((noinline)) static int is_odd(unsigned n);

__attribute__((noinline)) static int is_even(unsigned n) {
    calls++;
    if (n == 0)
        return 1;
    int answer = is_odd(n - 1);
    calls--;
    return answer;
}

__attribute__((noinline)) static int is_odd(unsigned n) {
    calls++;
    if (n == 0)
        return 0;
    int answer = is_even(n - 1);
    calls--;
    return answer;
}

__attribute__((noinline)) static long descend(long level, const char *label) {
    volatile long here = level;
    if (level == 0)
        return (long)label[0];
    long below = descend(level - 1, label);
    return below + here;
}

int main(int argc, char **argv) {
    long levels = argc > 1 ? atol(argv[1]) : 300;
    long sum = descend(levels, "bottom");
    int even = is_even(40);
    printf("%ld %d %d\n", sum, even, calls);
    return 0;
}
