/* Calls of many kinds, to be followed instruction by instruction: recursion, a callback from libc, lazy binding, a signal handler. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int caught;

static void handler(int signal)
{
    caught = signal;
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int descend(int depth, const char *from)
{
    char buffer[64];

    memset(buffer, depth, sizeof buffer);
    if (depth == 0) {
        int values[] = { 3, 1, 2 };

        qsort(values, 3, sizeof *values, compare);
        raise(SIGUSR1);
        return values[0] + (from ? *from : 0);
    }
    return descend(depth - 1, buffer) + buffer[0];
}

int main(void)
{
    signal(SIGUSR1, handler);
    printf("%d %d\n", descend(4, NULL), caught);
    return 0;
}
