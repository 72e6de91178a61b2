# Into the C library with its separate debug information: break on malloc, step in, up, locals.
# programs: uaf
break main
run
break __libc_malloc
info breakpoints
continue
bt
info locals
info args
step
step
step
bt
next
next
up
info locals
info frame
finish
info line __libc_malloc
info source
list malloc
ptype mstate
whatis main_arena
print main_arena.mutex
print main_arena.top
print mp_
print sizeof(main_arena)
delete
tbreak __libc_free
continue
bt
info args
stepi
stepi
x/3i $pc
up
print readings[3]
finish
break printf
continue
bt
info frame
finish
info sharedlibrary
info symbol $pc
info address malloc
print errno
print &errno
print environ
whatis stdout
ptype struct _IO_FILE
print stdout->_fileno
kill
