/* Four threads that differ in what they wait for; with an argument, the main thread leaves them alone. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int pipe_ends[2];
volatile long spins, ticks;

static void *mutex_waiter(void *unused) { pthread_mutex_lock(&lock); return unused; }
static void tick(void) { ticks++; }
static void *sleeper(void *unused) { for (;;) { tick(); usleep(1000); } return unused; }
static void spin(void) { spins++; }
static void *spinner(void *unused) { for (;;) spin(); return unused; }
static void *reader(void *unused) { char byte; (void)!read(pipe_ends[0], &byte, 1); return unused; }

int main(int argc, char **argv) {
    void *(*jobs[])(void *) = {mutex_waiter, sleeper, spinner, reader};
    pthread_t threads[4];
    (void)argv;
    pthread_mutex_lock(&lock);
    if (pipe(pipe_ends)) return 1;
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, jobs[i], NULL);
    if (argc > 1) pthread_exit(NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
