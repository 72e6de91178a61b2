# info symbol, address, line, scope, functions, variables, types: with and without a process.
# programs: shapes
info symbol main
info symbol limit
info symbol &grid[1]
info symbol 0
info symbol nosuch
info address main
info address limit
info address grid
info address created
info address nosuch
info address argc
info line factorial
info line scale
info line shapes.c:1
info line nosuch
info scope factorial
info scope main
info scope new_shape
info scope nosuch
info scope shapes.c:40
info functions area
info functions -q ^scale$
info functions nothing_like_this
info functions -n sum
info variables grid
info variables -q ^limit$
info variables -t int
info variables nothing_like_this
info types shape
info types kind
info types nothing_like_this
info source
info sharedlibrary
info registers
info all-registers
info locals
info args
info threads
info frame
info display
info breakpoints
info watchpoints
info program
info checkpoints
break sum_row
run
info symbol $pc
info symbol $sp
info address row
info address sum
info address column
info scope sum_row
info line
info source
info line printf
info address printf
info registers eflags
info registers rip
info registers al
info registers nosuch
info registers pc sp
print $cs
print/x $eflags
print $xmm0
print $st0
print $mxcsr
info registers xmm1
info line *$pc
info line *main
