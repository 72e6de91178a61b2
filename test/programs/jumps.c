/* Control that leaves a function by another way than its end. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf rescue;
static int depth_reached;

static void dive(int depth) {
    depth_reached = depth;
    if (depth == 3)
        longjmp(rescue, depth);
    dive(depth + 1);
    depth_reached = -1;
}

static int choose(int n) {
    switch (n % 3) {
    case 0:
        return 10;
    case 1:
        goto out;
    default:
        break;
    }
    n++;
out:
    return n;
}

int main(void) {
    int code = setjmp(rescue);
    if (code == 0)
        dive(0);
    else
        printf("rescued with %d\n", code);
    int sum = 0;
    for (int i = 0; i < 4; i++)
        sum += choose(i);
    printf("%d %d\n", sum, depth_reached);
    return 0;
}
