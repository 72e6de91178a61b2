/* A little of everything that C can declare, and a recursion over it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { CIRCLE, BOX, GROUP };
enum flags { VISIBLE = 1, LOCKED = 2, DIRTY = 4 };

struct point {
    double x, y;
};

union number {
    int whole;
    float real;
    unsigned char bytes[4];
};

struct style {
    unsigned red : 5;
    unsigned green : 6;
    unsigned blue : 5;
    signed int layer : 4;
    enum flags flags;
};

struct shape;
typedef double (*area_function)(const struct shape *);

struct shape {
    enum kind kind;
    char name[12];
    struct style style;
    area_function area;
    union {
        struct {
            struct point centre;
            double radius;
        } circle;
        struct {
            struct point corner;
            float width, height;
        } box;
        struct {
            int count;
            struct shape *members[4];
        } group;
    } as;
    struct shape *next;
};

static const char *const kind_names[] = {"circle", "box", "group"};
static int grid[3][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
static unsigned created;
const int limit = 40;
volatile int ticks;
long double precise = 3.14159265358979323846L;
unsigned char raw[16] = {0xde, 0xad, 0xbe, 0xef};
char *no_text;
struct shape *all_shapes;

static struct shape *new_shape(enum kind kind, const char *name, area_function area) {
    static int serial = 100;
    struct shape *shape = calloc(1, sizeof *shape);
    shape->kind = kind;
    strncpy(shape->name, name, sizeof shape->name - 1);
    shape->style.red = 31;
    shape->style.green = 20;
    shape->style.layer = -3;
    shape->style.flags = VISIBLE | DIRTY;
    shape->area = area;
    shape->next = all_shapes;
    all_shapes = shape;
    serial++;
    created = serial - 100;
    return shape;
}

static double circle_area(const struct shape *shape) {
    double radius = shape->as.circle.radius;
    return M_PI * radius * radius;
}

static double box_area(const struct shape *shape) { return shape->as.box.width * shape->as.box.height; }

static double group_area(const struct shape *shape) {
    double sum = 0;
    for (int i = 0; i < shape->as.group.count; i++) {
        const struct shape *member = shape->as.group.members[i];
        sum += member->area(member);
    }
    return sum;
}

int factorial(int n) {
    int result;
    if (n <= 1)
        return 1;
    result = n * factorial(n - 1);
    return result;
}

int sum_row(int row) {
    int sum = 0;
    for (int column = 0; column < 4; column++)
        sum += grid[row][column];
    ticks++;
    return sum;
}

void scale(struct point *point, double factor) {
    point->x *= factor;
    point->y *= factor;
}

int main(int argc, char **argv) {
    union number number;
    struct point corners[2] = {{1.5, -2.25}, {0.1, 1e10}};
    char greeting[] = "hello, \"shapes\"\n";
    const char *who = argc > 1 ? argv[1] : "world";
    short small = -7;
    unsigned long long big = 0xfedcba9876543210ULL;
    float third = 1.0f / 3;
    _Bool yes = 1;

    number.real = 2.5f;
    struct shape *circle = new_shape(CIRCLE, "sun", circle_area);
    circle->as.circle.centre = corners[0];
    circle->as.circle.radius = 2;
    struct shape *box = new_shape(BOX, "house", box_area);
    box->as.box.width = 3;
    box->as.box.height = 4.5f;
    struct shape *group = new_shape(GROUP, "picture", group_area);
    group->as.group.count = 2;
    group->as.group.members[0] = circle;
    group->as.group.members[1] = box;

    double area = group->area(group);
    int product = factorial(5);
    int total = 0;
    for (int row = 0; row < 3; row++)
        total += sum_row(row);
    scale(&corners[0], 2);
    printf("%s%s: %s of area %.3f, %d, %d\n", greeting, who, kind_names[group->kind], area, product, total);
    printf("%d %llu %f %d %x %d %u %d\n", small, big, third, yes, (unsigned)number.whole, limit, created, (int)corners[0].x);
    return total == 78 ? 0 : 1;
}
