/* One event of each kind, by its first argument. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

volatile long watched;

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "exit")) return argc > 2 ? atoi(argv[2]) : 0;
    if (!strcmp(what, "echo")) { for (int i = 2; i < argc; i++) puts(argv[i]); return 0; }
    if (!strcmp(what, "signal")) { raise(SIGUSR1); return 0; }
    if (!strcmp(what, "stop")) { raise(SIGSTOP); raise(SIGTSTP); return 0; }
    if (!strcmp(what, "fork")) { pid_t child = fork(); if (!child) _exit(4); int status; waitpid(child, &status, 0); return WEXITSTATUS(status); }
    if (!strcmp(what, "vfork")) { pid_t child = vfork(); if (!child) _exit(5); int status; waitpid(child, &status, 0); return WEXITSTATUS(status); }
    if (!strcmp(what, "exec")) { execl("/bin/true", "true", (char *)0); return 1; }
    if (!strcmp(what, "watch")) { for (int i = 0; i < 3; i++) watched = i + 1; return 0; }
    if (!strcmp(what, "crash")) { *(volatile int *)0 = 1; }
    if (!strcmp(what, "sleep")) for (;;) sleep(1);
    if (!strcmp(what, "read")) { char line[100]; if (fgets(line, sizeof line, stdin)) printf("read %s", line); return 0; }
    return 9;
}
