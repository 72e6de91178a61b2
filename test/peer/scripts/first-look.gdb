# The first minutes with any program: list it, stop in it, look around, step, leave.
# programs: uaf shapes overrun deep inlined
list main
list
list -
info line main
break main
info breakpoints
run
bt
info frame
next
step
info locals
info args
info source
print $pc
x/3i $pc
info registers rip rsp
frame
up
down
finish
delete
info breakpoints
kill
