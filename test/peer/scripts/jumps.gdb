# Stepping over longjmp and through switches and gotos.
# programs: jumps
# variants: gcc-O0 gcc-Og gcc-O2 clang-O0 clang-Og
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
