# Checkpoints: forks of the program, gone back to and deleted.
# programs: uaf
info checkpoints
checkpoint
restart
restart 1
delete checkpoint
delete checkpoint 1
detach checkpoint
break main
run
next
next
checkpoint
info checkpoints
next
checkpoint
info checkpoints
next
restart 1
info checkpoints
backtrace
next
info locals
restart 2
info locals
restart 0
info locals
delete checkpoint 0
restart 5
delete checkpoint 7
delete checkpoint 1
info checkpoints
delete checkpoint 2
info checkpoints
checkpoint
info checkpoints
detach checkpoint
detach checkpoint 0
kill
info checkpoints
