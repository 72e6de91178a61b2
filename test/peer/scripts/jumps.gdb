# Stepping over longjmp and through switches and gotos.
# programs: jumps
break main
run
next
next
next
next
next
step
step
step
finish
next
kill
break dive if depth == 3
run
run
bt
continue
next
next
next
jump nosuch
tbreak choose
continue
continue
