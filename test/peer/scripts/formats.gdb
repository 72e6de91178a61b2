# Output formats of print, output, x, display and printf.
# programs: shapes
break scale
run
up
print/x big
print/o 8
print/t 10
print/d -1
print/u -1
print/c 65
print/a main
print/a &limit
print/f 1
print/f 3.5
print/f big
print/s greeting
print/z 5
print/x corners
print/x grid
print/d grid
print/c greeting
print/x greeting
print/s raw
print/x raw
print/d raw
print/x small
print/t small
print/u small
print/o small
print/c small
print/x -1
print/x third
print/f third
print/c third
print/x circle->style
print/d circle->kind
print/x circle
print/s who
print/i 5
print/2x 5
print/r corners
output corners[0]
output/x 255
output 5 + 5
printf "%d %s\n", 5, who
printf "%5d|%-5d|%05d\n", 1, 2, 3
printf "%x %o %c %%\n", 255, 8, 65
printf "%f %g %e\n", 1.5, 2.5, 3.5
printf "%lu %lld\n", big, big
printf "%p\n", circle
printf "no newline"
printf "%s\n"
printf "%d\n", 1, 2
printf nothing
printf
echo text\n
echo  two  words \
echo \ttab\n
x/4xw &grid
x/4dw &grid
x/2xg $sp
x/8xb raw
x/4xh raw
x/s who
x/2s kind_names[0]
x/3c greeting
x/2f corners
x/2fg corners
x/4i main
x/2wx &limit
x/a &no_text
x/3uw &grid
x/2ow &grid
x/2tw &grid
x/2zw &grid
x &grid
x
<enter>
x/3
x/0x &grid
x/-2xw &grid[1]
x/s 0
x/x 0
x nosuch
print $_
print $__
x/i $pc
info line *$pc
display total
display/x big
display/i $pc
info display
next
undisplay 2
disable display 1
info display
next
enable display 1
display
delete display 1
undisplay 99
undisplay
info display
display nosuch
display
print $1
print $
print $$
print $$3
print $5
print $999
show values 3
show values 1
