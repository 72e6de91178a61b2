/* Calls in the last place: an optimising compiler jumps, and frames go missing. */
#include <stdio.h>

volatile int sink;

__attribute__((noinline)) static int last(int value) {
    sink = value;
    return value + 1;
}

__attribute__((noinline)) static int middle(int value) {
    sink = value * 2;
    return last(value * 2);
}

__attribute__((noinline)) static int first(int value, int extra) {
    sink = extra;
    return middle(value + extra);
}

__attribute__((noinline, noclone)) static int many(int a, int b, int c, int d, int e, int f, int g, int h) {
    sink = a + b + c + d + e + f;
    return g * h;
}

int main(void) {
    int result = first(5, 7);
    result += many(1, 2, 3, 4, 5, 6, 7, 8);
    printf("%d\n", result);
    return 0;
}
