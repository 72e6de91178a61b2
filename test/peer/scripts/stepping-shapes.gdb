# finish with values, until and advance to places, stepping over recursion and function pointers.
# programs: shapes
break factorial
run
bt
finish
delete
next
step
up
info locals
finish
tbreak sum_row
continue
until
until
until
advance scale
info args
finish
advance main
kill
break circle_area
run
up
bt
finish
up
finish
info frame
step
step
step
step
bt
delete
stepi 20
bt 1
info program
