# Machine code: disassemble in its forms, x/i, the two flavours.
# programs: shapes uaf inlined
disassemble
disassemble main
disassemble /s main
disassemble /m main
disassemble /r main
disassemble /rs main,+10
disassemble main,+20
disassemble main,main+8
disassemble nosuch
disassemble 0,4
disassemble main,
x/5i main
x/2i
break main
run
disassemble
disassemble $pc,+16
x/3i $pc
x/3i
set disassembly-flavor intel
x/5i main
disassemble main,+20
show disassembly-flavor
set disassembly-flavor att
set disassemble-next-line on
stepi
next
set disassemble-next-line off
info line *$pc
up
stepi
x/i $pc
nexti
display/i $pc
stepi
stepi
undisplay 1
