# A shared object that is opened while the program runs: pending breakpoints, info sharedlibrary, symbols that come and go.
# programs: host
info sharedlibrary
break plugin_run
set breakpoint pending on
break plugin_run
tbreak helper
info breakpoints
run
bt
info breakpoints
list
info symbol plugin_run
print plugin_calls
print plugin_state
ptype plugin_state
continue
bt
finish
info source
up
print &plugin_state
info symbol &plugin_state
info line helper
finish
next
delete
break puts
continue
bt 1
info symbol $pc
finish
continue
info breakpoints
print plugin_calls
