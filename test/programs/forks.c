/* A parent and its children: fork, vfork and exec, and a pipe between them. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int answer(int question) { return question * 2; }

int main(void) {
    int ends[2], value = 21, status;
    if (pipe(ends)) return 1;

    pid_t child = fork();
    if (child == 0) {
        value = answer(value);
        if (write(ends[1], &value, sizeof value) != sizeof value) _exit(2);
        _exit(3);
    }
    if (read(ends[0], &value, sizeof value) != sizeof value) return 1;
    waitpid(child, &status, 0);
    printf("child says %d and exits with %d\n", value, WEXITSTATUS(status));
    fflush(stdout);

    child = vfork();
    if (child == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    waitpid(child, &status, 0);
    printf("exec %d\n", WEXITSTATUS(status));
    return 0;
}
