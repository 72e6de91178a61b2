/* Four threads in four states: one waits for a mutex, one sleeps, one is busy, one is blocked in read. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct job {
    const char *name;
    int number;
    volatile unsigned long rounds;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t ready;
static int channel[2];
static volatile int stop;
static __thread int depth;

static struct job jobs[] = {{"waiter", 1, 0}, {"sleeper", 2, 0}, {"spinner", 3, 0}, {"reader", 4, 0}};

static void begin(struct job *job) {
    depth = job->number * 10;
    pthread_setname_np(pthread_self(), job->name);
    pthread_barrier_wait(&ready);
}

static void *waiter(void *argument) {
    struct job *job = argument;
    begin(job);
    pthread_mutex_lock(&gate);
    job->rounds++;
    pthread_mutex_unlock(&gate);
    return job;
}

static void *sleeper(void *argument) {
    struct job *job = argument;
    begin(job);
    while (!stop) {
        sleep(1000);
        job->rounds++;
    }
    return job;
}

static void *spinner(void *argument) {
    struct job *job = argument;
    begin(job);
    while (!stop)
        job->rounds++;
    return job;
}

static void *reader(void *argument) {
    struct job *job = argument;
    char text[16];
    begin(job);
    while (read(channel[0], text, sizeof text) > 0)
        job->rounds++;
    return job;
}

static void all_are_in_place(void) { usleep(50 * 1000); }

int main(void) {
    void *(*work[])(void *) = {waiter, sleeper, spinner, reader};
    pthread_t threads[4];

    if (pipe(channel)) return 1;
    pthread_barrier_init(&ready, NULL, 5);
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, work[i], &jobs[i]);
    pthread_barrier_wait(&ready);
    usleep(50 * 1000);
    all_are_in_place();

    stop = 1;
    pthread_mutex_unlock(&gate);
    pthread_join(threads[0], NULL);
    pthread_join(threads[2], NULL);
    close(channel[1]);
    pthread_join(threads[3], NULL);
    printf("%s and %s are done\n", jobs[0].name, jobs[2].name);
    return 0;
}
