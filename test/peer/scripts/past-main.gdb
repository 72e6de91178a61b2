# From the first instruction of the dynamic linker, and beyond main.
# programs: shapes deep
starti
bt
info frame
info registers
break main
continue
set backtrace past-main on
bt
up
info frame
set backtrace past-entry on
bt
set backtrace past-main off
set backtrace past-entry off
bt
bt -past-main
bt -past-main off
frame 0
info frame
disassemble
break write
continue
bt
info frame
bt full 2
frame function main
info frame
up 2
finish
info registers rax rip
info registers eflags cs fs_base
info registers float
info registers nosuch
info registers system
info all-registers rip st0 mxcsr
info registers pc sp fp
info registers $rax
info registers ax al
x/3i $pc
kill
