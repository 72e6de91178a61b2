# hbreak: breakpoints in debug registers, beside watchpoints, and too many of them.
# programs: deep shapes
hbreak main
hbreak nosuch
break main
run
hbreak is_odd if n < 20
hbreak circle_area
thbreak is_even
info breakpoints
continue
info registers eflags
continue
bt 3
stepi
continue
hbreak *$pc
continue
hbreak factorial
hbreak box_area
hbreak main
continue
info breakpoints
delete 5 6
disable 2
continue
finish
delete
continue
