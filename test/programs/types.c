/* The rarer types of C: variable length arrays, long double, complex, vectors, 128-bit and wide characters. */
#include <complex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>

typedef float float4 __attribute__((vector_size(16)));
typedef int int8 __attribute__((vector_size(32)));

struct flexible {
    int count;
    char tail[];
};

struct __attribute__((packed)) wire {
    uint8_t tag;
    uint32_t length;
    uint64_t stamp : 40;
    uint64_t valid : 1;
};

struct nested {
    struct {
        int left, right;
    };
    union {
        int64_t signed_value;
        uint64_t unsigned_value;
    };
    struct nested *self;
    int (*compare)(const void *, const void *);
    int (*table[2])(int, char **);
    bool flags[3];
    const volatile char *volatile text;
};

enum sparse { MINUS = -5, ZERO = 0, HUGE_ONE = 0x7fffffff };

wchar_t wide[] = L"wide \u4e2d\u6587";
char16_t narrow16[] = u"sixteen";
char32_t narrow32[] = U"thirtytwo";
__int128 huge = ((__int128)0x0123456789abcdefLL << 64) | 0xfedcba9876543210ULL;
unsigned __int128 huge_unsigned = ~(unsigned __int128)0;
double complex impedance = 3.0 - 4.0 * I;
float complex small_complex = 1.5f + 0.25f * I;
long double long_pi = 3.14159265358979323846264338327950288L;
float4 lanes = {1.0f, 2.5f, -3.0f, 4.0f};
int8 wide_lanes = {1, 2, 3, 4, 5, 6, 7, 8};
struct wire header = {7, 0x11223344, 0x123456789aULL, 1};
char escapes[] = "tab\there \033[0m \377\001end\\ \"quoted\" 'single'";
char zeros[300];
char repeated[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabcd";
int matrix[2][3][2] = {{{1, 2}, {3, 4}, {5, 6}}, {{7, 8}, {9, 10}, {11, 12}}};
int many[250];
double floats[] = {0.0, -0.0, 1.0, 0.1, 1e100, 1e-300, 123456789.123, -1.0 / 3};
double infinity, not_a_number;
enum sparse odd = (enum sparse)3;
struct flexible *flexible;
struct nested nest;
void *nowhere;
char letter = 'A';
signed char minus_one = -1;
unsigned char high = 200;
int8_t tiny = -128;
uint64_t top = UINT64_MAX;
int64_t bottom = INT64_MIN;
_Bool truth = 1;

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int sum_of_row(int rows, int columns, int table[rows][columns], int row) {
    int sum = 0;
    for (int i = 0; i < columns; i++)
        sum += table[row][i];
    return sum;
}

static int variable_length(int n) {
    int squares[n];
    int table[n][n + 1];
    for (int i = 0; i < n; i++) {
        squares[i] = i * i;
        for (int j = 0; j <= n; j++)
            table[i][j] = i * 10 + j;
    }
    int sum = sum_of_row(n, n + 1, table, n - 1);
    return sum + squares[n - 1];
}

int main(int argc, char **argv) {
    (void)argv;
    volatile double zero = 0;
    infinity = 1 / zero;
    not_a_number = zero / zero;
    for (int i = 0; i < 250; i++)
        many[i] = i < 30 ? i : 7;
    flexible = malloc(sizeof *flexible + 8);
    flexible->count = 8;
    memcpy(flexible->tail, "flexible", 8);
    nest.left = 1;
    nest.right = -2;
    nest.signed_value = -1;
    nest.self = &nest;
    nest.compare = compare;
    nest.table[1] = main;
    nest.flags[1] = true;
    nest.text = "volatile text";
    int result = variable_length(argc + 3);
    printf("%d %zu\n", result, wcslen(wide));
    return 0;
}
