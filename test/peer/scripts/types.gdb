# whatis and ptype.
# programs: shapes
whatis 5
whatis 5.0
whatis 5.0f
whatis 'a'
whatis "abc"
whatis 5u
whatis 5ul
whatis 5ll
whatis grid
whatis &grid
whatis grid[0]
whatis &grid[0]
whatis limit
whatis ticks
whatis precise
whatis raw
whatis no_text
whatis all_shapes
whatis *all_shapes
whatis struct shape
whatis struct nosuch
whatis union number
whatis enum kind
whatis area_function
whatis unsigned int
whatis unsigned
whatis long long unsigned
whatis char *
whatis int (*)(int)
whatis factorial
whatis &factorial
whatis *factorial
whatis new_shape
whatis main
whatis kind_names
whatis kind_names[0]
whatis sizeof(int)
whatis (char)1
whatis 1 == 2
whatis 1 + 1.5
whatis 1L + 1
whatis (short)1 + (short)1
whatis &limit
whatis nosuch
whatis BOX
whatis $pc
whatis $sp
whatis $nosuch
ptype struct shape
ptype struct style
ptype struct point
ptype union number
ptype enum kind
ptype enum flags
ptype area_function
ptype all_shapes
ptype *all_shapes
ptype all_shapes->as
ptype all_shapes->style.flags
ptype factorial
ptype new_shape
ptype grid
ptype kind_names
ptype int
ptype unsigned long
ptype struct nosuch
ptype nosuch
ptype/o struct shape
ptype/o struct style
ptype/o union number
ptype/o struct point
ptype 5 + 5
ptype main
break circle_area
run
whatis shape
ptype shape
whatis *shape
whatis shape->as.circle
ptype shape->as.circle
whatis $rax
whatis $eflags
whatis $xmm0
ptype $xmm0
whatis $rip
whatis $_exitcode
whatis shape->area
whatis *shape->area
