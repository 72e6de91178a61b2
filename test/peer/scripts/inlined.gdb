# Inlined calls: breakpoints in them, frames, up and down, stepping in and over.
# programs: inlined
break square
info breakpoints
run
bt
info frame
info locals
info args
up
info frame
info locals
up
info locals
down
finish
step
step
step
bt
next
next
next
delete
break sum_of_squares
continue
bt
step
bt
finish
delete
break distance
continue
step
step
step
up
down
info source
list square
info line square
until
advance cold
bt
finish
