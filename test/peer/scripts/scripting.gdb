# Own commands, conditions and loops, and what goes wrong in them.
# programs: deep
define triple
print $arg0 * 3
end
triple 4
triple
define count
echo $argc\n
end
count a b c
document triple
Print three times the argument.
end
if 1 == 2
echo no\n
else
echo yes\n
end
set $i = 0
while $i < 3
print $i
set $i = $i + 1
end
while $i < 10
set $i = $i + 1
if $i == 5
loop_continue
end
if $i == 7
loop_break
end
echo round 
output $i
echo \n
end
define outer
triple $arg0
if $arg0 > 5
echo large\n
end
end
outer 2
outer 6
show user triple
define triple
print 3
end
triple
source /nosuch
nosuch
info nosuch
printf "%d\n", $i
print $_
shell echo from the shell
!echo again
break is_even
commands
silent
printf "n is %d\n", n
set $seen = $seen + 1
if n < 38
echo deep enough\n
else
continue
end
end
set $seen = 0
run
print $seen
info breakpoints
