/* Use after free: an array of readings is allocated, filled, freed - and read once more. */
#include <stdio.h>
#include <stdlib.h>

#define COUNT 100

int main(int argc, char *argv[]) {

    int *readings;
    readings = (int *)malloc(COUNT * sizeof(int));

    if (readings == NULL) {
        /* no memory: nothing to show */
        return 1;
    }

    /* readings[COUNT] = 0;  would be one too far */

    /* fill the array, one reading after the other */
    for (int i = 0; i < COUNT; ++i) {
        readings[i] = i * i;
    }

    free(readings);

    /* the allocator has already written its own notes over the first elements */
    printf("%d\n", readings[0]);
    return 0;
}
