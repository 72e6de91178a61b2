# programs: deep
# Breakpoint states, displays and stops at several breakpoints at once.
break main
break main
tbreak main
info breakpoints
run
display/i $pc
info display
undisplay 1
enable once 1
enable count 2 2
enable delete 2
info breakpoints
disable 1
delete 99
condition 1 nosuch
ignore 1 2
clear main
info breakpoints
stepi
nexti
step
finish
kill
