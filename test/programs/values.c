/* Values at the edges of their types: characters, strings and runs in them, limits, bit-fields, nested aggregates. */
#include <string.h>
#include <wchar.h>

enum { ANON1, ANON2 };
typedef enum { T1, T2 = 7 } tenum;
typedef struct { int x; tenum e; } anon_t;
struct s { int a; char b; };
struct bf { signed char a : 4; unsigned short b : 9; long long c : 33; enum { BA, BB, BC } d : 2; int : 3; int e : 1; };
struct outer {
  struct { int i1; } n1;
  union { int u1; float u2; } n2[2];
  anon_t arr[2];
  int *ptrs[3];
  void (*fns[2])(int);
};

int total;
static void add_to_total(int x) { total += x; }

anon_t at = {1, T2};
struct outer out;
struct bf bfv = {-3, 300, -5, BB, -1};
struct s sarr[12];
struct s sarr2[3] = {{1, 'a'}, {1, 'a'}, {2, 'b'}};

const char *const cstr = "const";
char *empty = "";
unsigned char uc = 0xe9;
char utf[] = "caf\xc3\xa9 \xe2\x82\xac";
char ctl[] = "\x01\x02\x7f\x1b[0m";
char digits[] = "\0011\0019";
char rep12[] = "aaaaaaaaaaaa";
char rep11[] = "bbbbbbbbbbbcd";
char rep10[] = "cccccccccc";
char two_runs[] = "aaaaaaaaaaaaaaabbbbbbbbbbbbbbbxyz";
char q[] = "it's \"q\"";
char nul0[1] = "";
char nul2[2] = "";
unsigned short us[3] = {1, 2, 3};
wchar_t wide[8] = L"ab";

volatile const unsigned long cvul = 99;
double dz = -0.0, dbig = 1e308, dsmall = 5e-324, dpi = 3.141592653589793;
float fsmall = 1e-45f, fbig = 3.4e38f, fnan;
long double ldinf = 1.0L / 0.0L, ldn = -123.456L;

int neg[3] = {-1, -2, -3};
int m3[2][2][2] = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
int repnest[4][3] = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {2, 2, 2}};
long lmax = 0x7fffffffffffffffL, lmin = -0x7fffffffffffffffL - 1;
unsigned long long ullmax = ~0ull;
int imin = -2147483647 - 1;
char big250[250];
int bigint[250];
char *bigp = big250;

void __attribute__((noinline)) ready(void) { total++; }

int main(void) {
  fnan = 0.0f / (float)dz;
  out.fns[0] = add_to_total;
  out.ptrs[1] = &neg[1];
  memset(big250, 'y', 100);
  for (int i = 0; i < 149; i++) big250[100 + i] = (char)('a' + i % 26);
  for (int i = 0; i < 250; i++) bigint[i] = i;
  ready();
  return total == 1 ? 0 : 1;
}
