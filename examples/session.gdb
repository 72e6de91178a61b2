# A whole session on examples/uaf.c: npm run demo plays it, the tests play it in gdb and in sonde.
# programs: uaf
# variants: gcc-O0 gcc-Og gcc-O2 clang-O0 clang-Og
list
list
break 20
delete 1
break 20
disable 2
enable 2
info b
i r
run
i r rip
s
s
s
s
n
n
n
p i
p readings[i]
watch i
info b
c
c
c
disp i
disp *readings
info disp
c
c
del disp 2
bt
s
f
up
down
p readings
x/4w readings
p readings[0]@8
whatis readings
ptype main
search for
search printf
info ch
c
ch
info ch
del ch 1
info ch
c
ch
c
c
c
restart 1
c
info ch
gcore {scratch}/uaf.core
thread apply all bt full
i locals
i source
i registers rsp rip
kill
core-file {scratch}/uaf.core
bt
thread apply all bt full
p i
p readings
x/4w readings
p readings[0]@8
i registers rsp rip
i locals
info threads
up
down
c
