# The out-of-bounds writer: the fault, what the registers and memory say, how far it came.
# programs: overrun
run
bt
frame 1
info locals
up
print *ring
print ring->bytes[ring->next - 1]
print ring->bytes[ring->next]
print/x ring->bytes[255]
print $_siginfo.si_signo
print $_siginfo._sifields._sigfault.si_addr
ptype $_siginfo
x/4xb ring->bytes
x/2i $pc
info registers rip
info program
display ring->next
continue
info program
print ring
bt
kill
