# Functions of the program in expressions, and what is left after them.
# programs: shapes
print factorial(3)
call factorial(3)
break main
run
print factorial(5)
call factorial(4)
call sum_row(1)
print sum_row(0) + sum_row(1)
print ticks
print factorial
print factorial(1, 2)
print factorial()
print $_exitcode
call scale(&corners[0], 2)
print corners[0]
print strlen("four")
print (int)strlen("four")
print ((int (*)(const char *))strlen)("four")
print circle_area(0)
bt
print $_siginfo.si_signo
kill
run
break factorial
print factorial(3)
bt
finish
bt
set unwindonsignal on
print circle_area(0)
bt
print abs(-3)
print (int)abs(-3)
print malloc(8) != 0
call (void)0
call ticks
call nosuch(1)
print ((double (*)(double))sin)(1.0)
print $_strlen("abc")
print $_streq("a", "a")
output factorial(1)
print getenv("HOME")
print (char *)getenv("HOME")
printf "%d\n", sum_row(2)
whatis factorial(3)
ptype factorial(3)
