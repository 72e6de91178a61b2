# Watchpoints: hardware and software, on variables, memory and registers; their scope's end.
# programs: shapes
break main
run
watch ticks
rwatch created
awatch no_text
info breakpoints
info watchpoints
continue
continue
continue
info watchpoints
delete 3
continue
watch nosuch
watch 5
watch 1 + 1
watch -l ticks
watch ticks if ticks == 2
continue
continue
delete
info watchpoints
set can-use-hw-watchpoints 0
watch ticks
rwatch ticks
info watchpoints
delete
kill
set can-use-hw-watchpoints 1
watch created
info watchpoints
run
continue
bt
disable
break factorial if n == 2
continue
watch n
continue
continue
continue
continue
continue
info breakpoints
delete
continue
