# What is not there or not possible: each one line, and the session goes on.
# programs: uaf
next
step
continue
finish
until
stepi
info registers
info locals
info frame
bt
up
down
frame
print $pc
x/i $pc
x
print readings
print main
print *main
x/2i main
kill
detach
signal 0
jump 5
call main
until 5
advance 5
thread
thread 2
info threads
thread apply all bt
watch i
display i
tbreak
break
clear
delete 5
undisplay 5
info display
condition
ignore
ignore 1
ignore 1 2
enable 5
disable 5
attach
attach 999999
attach nosuch
core-file /nosuch
file /nosuch
exec-file /nosuch
symbol-file /nosuch
directory /nosuch
set args one > /nosuch/file
generate-core-file
checkpoint
restart 1
info checkpoints
delete checkpoint 1
frame 1
select-frame 1
info line nosuch
info scope
info symbol
info address
list nosuch
list 1,2,3
search
x/s nosuch
ptype
whatis
output
print
printf
echo
set var
output nosuch
call
p
foo
s x
handle
tty
undisplay x
delete x
delete display x
info signals x
x/9999999999x 0
print 'nosuch'::x
print nosuch::x
print "unterminated
print 'u
print (int
print [1
print 1..2
print 08
print 1x
print 0xg
print 1@2
print readings@2
print $
print $1
print sizeof
print sizeof(
print (nosuch)1
print (struct nosuch)1
print &1
print *1
print -
print !
print a b
print 1 ++
