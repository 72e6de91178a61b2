# The stack: backtrace in its forms, frame selection, deep recursion, locals of outer frames.
# programs: deep
backtrace
frame
up
info frame
info locals
info args
break is_even if n == 30
run
bt 3
bt -3
bt 0
bt full 2
bt -full 1
where 2
frame 2
info frame
info locals
info args
up
up 2
down
down 2
down 100
down
up 1000
up
frame
frame 9999
frame function main
frame function nosuch
frame level 1
select-frame 3
frame
frame apply 2 print n
frame apply 3 -q p 1
faas p n
info frame level 1
print n
up
print n
print $rsp
info registers rsp
set backtrace limit 4
bt
set backtrace limit unlimited
bt -frame-arguments all 2
set print frame-arguments none
bt 2
set print frame-arguments presence
bt 2
set print frame-arguments scalars
set print frame-info short-location
frame
set print frame-info auto
set print address off
bt 2
set print address on
set print entry-values both
bt 2
set print entry-values default
delete
finish
finish
kill
bt
break descend if level == 0
run
bt 3
bt -4
bt full 1
bt nosuch
bt 3 4
up 20
info locals
info symbol $pc
frame 299
print level
