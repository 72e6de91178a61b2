# Moving through a program: step, next, with counts, into calls and out of them.
# programs: shapes inlined tail jumps
break main
run
next
next 2
step
bt 2
next
<enter>
<enter>
step 3
info locals
stepi
stepi 2
nexti
nexti 3
x/i $pc
bt 2
step
finish
next
next
until
until
step
advance nosuch
advance 9999
until 9999
next 3
finish
bt 1
delete
continue
next
