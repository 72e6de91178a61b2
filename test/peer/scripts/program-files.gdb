# The file that is run and the file with the symbols are two things.
# programs: uaf
break main
exec-file /usr/bin/true
info inferiors
info line main
delete
run
exec-file
run
break main
symbol-file
info breakpoints
print main
exec-file /usr/bin/true
run
symbol-file /nosuch
exec-file /nosuch
file
info line main
