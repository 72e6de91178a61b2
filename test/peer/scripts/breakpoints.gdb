# Breakpoints: every way to set, change and remove one, and what they say when hit.
# programs: shapes
break main
break circle_area
tbreak sum_row
break factorial if n == 2
break shapes.c:nosuch
break nosuch
break 9999
break shapes.c:scale
info breakpoints
run
info breakpoints
continue
bt
continue
bt
print n
continue
info breakpoints
condition 4
condition 4 n >
condition 99 n == 1
condition 4 n == 3
ignore 5 1
ignore 99 1
disable 2
enable once 2
enable delete 5
info breakpoints
delete 77
delete 2
disable 99
enable 99
tbreak *main
hbreak box_area
info breakpoints
clear box_area
clear nosuch
clear 1
commands 5
silent
print point->x
end
info breakpoints
continue
continue
delete
info breakpoints
continue
info breakpoints
run
