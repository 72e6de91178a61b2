# Where processes come from and where they go; what is known of them.
# programs: shapes
info inferiors
info program
kill
detach
info proc
start
info inferiors
info program
info proc cmdline
info proc cwd
info proc exe
info proc nonsense
info proc cmdline cwd
next
info program
start
run
info program
tbreak main
run
kill
info inferiors
starti > /dev/null
info inferiors
info program
detach
info inferiors
set args
attach
attach abc
attach 1x
attach 99999999
set environment SONDE_TEST one two
show environment SONDE_TEST
set environment SONDE_TEST=three
show environment SONDE_TEST
set environment SONDE_TEST
unset environment SONDE_TEST
show environment SONDE_TEST
set environment
set environment =x
shell exit 3
print $_shell_exitcode
print $_shell_exitsignal
!kill -9 $$
print $_shell_exitcode
print $_shell_exitsignal
tty
show inferior-tty
run > /dev/null
show args
set args
run
