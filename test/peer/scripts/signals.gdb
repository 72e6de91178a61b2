# Signals: stops, handle, passing and discarding, frames of handlers, the end by a signal.
# programs: signals
info signals SIGUSR1
info signals 14
info signals nosuch
handle SIGUSR1 nostop noprint
handle SIGUSR2 nostop print
handle SIGHUP stop print
handle nosuch stop
handle SIGUSR1
handle SIGUSR1 nosuch
handle 14 nopass
handle SIGINT nostop
info handle SIGUSR1
run
bt
print $_siginfo.si_signo
print $_siginfo.si_code
whatis $_siginfo
info program
break nested
continue
bt
up
info frame
finish
handle SIGUSR1 stop print
continue
bt 1
continue
kill
set args abort
run
continue
signal 0
continue
continue
continue
bt
print $_siginfo.si_signo
continue
info program
print $_siginfo
print $_exitsignal
print $_exitcode
list main
run
continue
signal SIGKILL
