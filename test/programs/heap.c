/* Chunks in use and freed into different lists; then one is written past its end. */
#include <stdlib.h>
#include <string.h>

char *small, *middle, *large, *last;

int main(void) {
    small = malloc(40);
    middle = malloc(100);
    large = malloc(2000);
    last = malloc(50);
    free(small);
    free(large);
    memset(middle, 'x', 100);
    memset(middle, 'A', 130);
    return last != 0;
}
