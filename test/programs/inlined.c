/* Calls that the compiler puts in place: breakpoints, frames and steps must still speak of functions. */
#include <stdio.h>
#include <stdlib.h>

volatile int sink;

static inline __attribute__((always_inline)) int square(int side) {
    int result = side * side;
    sink = result;
    return result;
}

static inline __attribute__((always_inline)) int sum_of_squares(int a, int b) {
    int first = square(a);
    int second = square(b);
    sink = first;
    return first + second;
}

static __attribute__((noinline)) int distance(int dx, int dy) {
    int sum = sum_of_squares(dx, dy);
    sink = sum;
    return sum;
}

static __attribute__((noinline)) int cold(int code) {
    if (code > 100)
        abort();
    return code + sink;
}

int main(int argc, char **argv) {
    int total = 0;
    (void)argv;
    for (int i = argc; i < 4; i++)
        total += distance(i, i + 1);
    total += square(total & 7);
    total += cold(total & 63);
    printf("%d\n", total);
    return 0;
}
