/* Stacks that end badly, one a letter: calls to nowhere, overwritten return addresses, frame pointers that go round or back, a fault in a signal's shadow. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int (*callee)(int);

static void on_fault(int signal) {
    printf("caught %d\n", signal);
    abort();
}

__attribute__((noinline)) static int call(callee function, int argument) {
    return function(argument) + 1;
}

__attribute__((noinline)) static int call_null(void) {
    return call(NULL, 3) + 1;
}

__attribute__((noinline)) static int call_nowhere(void) {
    return call((callee)0x1234567890, 4) + 1;
}

__attribute__((noinline)) static int overwrite(int count) {
    long buffer[2];
    volatile char *byte = (volatile char *)buffer;
    for (int i = 0; i < count; i++)
        byte[i] = 'A';
    return (int)buffer[0];
}

__attribute__((noinline)) static int go_round(int value) {
    long *frame = __builtin_frame_address(0);
    frame[0] = (long)frame;
    raise(SIGUSR1);
    return value;
}

__attribute__((noinline)) static int go_back(int value) {
    long *frame = __builtin_frame_address(0);
    frame[0] = (long)(frame - 20);
    raise(SIGUSR1);
    return value;
}

__attribute__((noinline)) static int fault_with_handler(int value) {
    volatile int *nowhere = NULL;
    signal(SIGSEGV, on_fault);
    *nowhere = value;
    return 0;
}

int main(int argc, char **argv) {
    switch (argc > 1 ? argv[1][0] : '?') {
    case 'n':
        return call_null();
    case 'w':
        return call_nowhere();
    case 'o':
        return overwrite(48);
    case 'r':
        return go_round(1);
    case 'b':
        return go_back(2);
    case 'f':
        return fault_with_handler(5);
    }
    return 0;
}
