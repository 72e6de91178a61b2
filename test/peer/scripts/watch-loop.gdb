# The notes' way to watch a loop: watch i, continue and continue, conditions, displays.
# programs: uaf
break 20
run
info breakpoints
display i
display *readings
watch i
info watchpoints
continue
continue
continue
continue
print i
print readings[i]
info display
undisplay 1
continue
delete 2
ignore 1 5
continue
info breakpoints
watch readings[50]
delete 1
continue
info watchpoints
condition 3 readings[50] > 3000
info watchpoints
continue
continue
