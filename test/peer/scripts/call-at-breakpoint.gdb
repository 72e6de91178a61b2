# A function called while the thread stands at a breakpoint: going on must not run into that breakpoint again.
# programs: shapes
break factorial
run
print sum_row(2)
continue
bt 1
print sum_row(1) + sum_row(2)
finish
