# Stacks that end badly: what is shown, and why no more.
# programs: corrupt
# variants: gcc-O0 gcc-Og clang-O0
run n
bt
info frame
up
info frame
info registers rip rsp
up
up
up
disassemble
down
down
down
down
disassemble
x/i $pc
kill
run w
bt
frame 1
info frame
x/2i $pc
kill
run o
bt 3
info frame
up
kill
run r
bt
bt -2
up
up
up
up
info frame
up
info frame
kill
run b
bt
bt full
kill
run f
bt
continue
bt
frame function fault_with_handler
info frame
down
info frame
info registers rip rsp rbp
frame level 0
kill
