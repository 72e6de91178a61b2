# What happens by itself at a breakpoint: commands, silent ones, ignore counts, conditions, hits, temporary ones.
# programs: deep uaf
break main
commands
echo at main\n
bt 1
continue
end
tbreak exit
info breakpoints
run
info breakpoints
continue
run
commands 1
end
info breakpoints
continue
kill
info breakpoints
delete 1
info breakpoints
