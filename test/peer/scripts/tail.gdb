# Tail calls: frames that are gone, entry values, many arguments.
# programs: tail
break last
run
bt
info frame
finish
up
info locals
delete
break many
continue
bt
info args
print a + h
up
info registers rip
finish
step
step
next
set print entry-values compact
kill
break middle
run
bt
set print entry-values if-needed
bt
set print entry-values no
bt
set print entry-values only
bt
set print entry-values preferred
bt
set print entry-values both
bt
set print entry-values default
bt full
step
step
bt
finish
