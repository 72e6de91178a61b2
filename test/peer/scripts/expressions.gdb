# Expressions over a program's data.
# programs: shapes
break scale
run
up
print argc
print corners
print corners[0]
print &corners[1]
print *&corners[0]
print corners[0].x * 2
print corners[1].y / 3
print third
print third * 3
print small
print -small
print big
print big >> 60
print big & 0xff
print yes
print greeting
print &greeting
print greeting[1]
print *greeting@5
print who
print *who@3
print *group
print *group->as.group.members@2
print group->as.group.members[0]->name
print *circle
print circle->style
print circle->style.flags
print circle->style.red
print circle->area
print *circle->area
print box->as.box
print box->as.box.width + 0.5
print kind_names
print kind_names[1]
print grid
print grid[1]
print grid[1][2]
print *grid[0]@2
print &grid
print &grid[1]
print sizeof(grid)
print sizeof(struct shape)
print sizeof grid[0]
print (char)65
print (enum kind)1
print (enum flags)5
print (enum flags)8
print (enum kind)7
print BOX
print GROUP + 1
print CIRCLE == 0
print created
print limit
print &limit
print ticks
print precise
print raw
print no_text
print all_shapes
print *all_shapes
print all_shapes->next->next->name
print factorial
print &factorial
print *factorial
print main
print shapes.c::created
print 'shapes.c'::created
print new_shape::serial
print ::limit
print &new_shape::serial
print $pc
print $sp
print $rip
print $eflags
print $nosuch
print nosuch
print 1 +
print 1 2
print )
print 10 / 3
print 10 % 3
print 10.0 / 4
print 1 / 0
print -5 / 2
print -5 % 3
print 1 << 4
print 1 == 1 && 2 > 3
print !5
print ~5
print 1 ? 2 : 3
print 3, 4
print 'A'
print '\n'
print "text"
print sizeof("text")
print "a" "b"
print 0x10
print 010
print 1.5e3
print 1.5f
print 10L
print 4294967296
print 18446744073709551615
print 18446744073709551616
print 5u - 6
print 5 - 6
print 1.0 == 1
print &corners[1] - &corners[0]
print &*circle
print *no_text
print *(int *)0
print *(struct point *)corners
print (long)corners
print (char *)greeting
print {int}corners
print {double}corners
print argv[0] == argv[0]
print argv[1]
print !no_text
print circle == box
print circle < box
print number
print number.bytes
print/x number
print number.real
print circle.name
print circle->nosuch
print argc.nosuch
print *argc
print &5
print main + 1
print grid + 1
print sum_row(1)
print total
print product
