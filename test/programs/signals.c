/* Signals of every fate: handled, ignored, blocked for a while, raised inside a handler, and one that ends the program. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t handled;
static volatile int last_signal;

static void note(int signal) {
    last_signal = signal;
    handled++;
}

static void note_info(int signal, siginfo_t *info, void *context) {
    (void)context;
    last_signal = signal;
    handled += info->si_value.sival_int;
}

static void nested(int signal) {
    handled++;
    raise(SIGUSR1);
    last_signal = signal;
}

static int work(int rounds) {
    int sum = 0;
    for (int i = 0; i < rounds; i++)
        sum += i;
    return sum;
}

int main(int argc, char **argv) {
    struct sigaction action;
    sigset_t set;
    (void)argv;

    signal(SIGUSR1, note);
    memset(&action, 0, sizeof action);
    action.sa_sigaction = note_info;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR2, &action, NULL);
    signal(SIGHUP, nested);
    signal(SIGCHLD, SIG_IGN);

    raise(SIGUSR1);
    work(3);
    sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 40});
    work(4);
    raise(SIGHUP);
    raise(SIGCHLD);

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    work(5);
    sigprocmask(SIG_UNBLOCK, &set, NULL);

    alarm(0);
    printf("%d handled, last %d\n", (int)handled, last_signal);
    fflush(stdout);
    if (argc > 1)
        raise(SIGABRT);
    return 0;
}
