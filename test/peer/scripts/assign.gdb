# Changing the program: variables, members, registers, memory, convenience variables.
# programs: shapes
break scale
run
up
print total = 5
print total
set var total = total * 2
print total
set variable small = -1
print small++
print ++small
print small--
print small += 10
print small -= 3
print small *= 2
print small /= 3
print small <<= 2
print small |= 1
print small
set var circle->style.red = 9
print circle->style
set var circle->style.layer = -8
print circle->style
set var circle->kind = GROUP
print circle->kind
set var circle->name[0] = 'S'
print circle->name
set var corners[0].x = 7
print corners[0]
set var corners[1] = corners[0]
print corners
set var precise = 2
print precise
set var third = 1.25
print third
set var grid[1][1] = 100
print grid
set var limit = 3
print limit
set var $rax = 5
print $rax
print $eax
print $ax
print $al
set var $al = 255
print/x $rax
set var {int}&ticks = 77
print ticks
set $mine = 5
print $mine
print $mine * 2
set $other = corners[0]
print $other
print $other.x
print $_ = 3
print 5 = 6
set var nosuch = 1
set nosuch = 1
set total = 3
print $mine++
print $mine
print no_text = greeting
print *no_text@5
set var no_text = 0
print number = number
print yes = 0
print big = -1
print greeting = "short"
print all_shapes = 0
print all_shapes
print sum_row
set $pc = $pc
print $_gdb_setting("height")
init-if-undefined $mine = 9
init-if-undefined $fresh = 9
print $fresh
print $_isvoid($nosuch)
print $_isvoid($mine)
