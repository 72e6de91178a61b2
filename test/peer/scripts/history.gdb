# The value history, convenience variables and functions, printf, echo, x that goes on; before and after a run.
# programs: values
print $
print $$
print $1
show values
print 5
print $ + 1
print $$
print $$2
print $1
print $999
<enter>
show values
show values 2
show values +
print $x = 5
print $x++
print ++$x
print $x
whatis $x
print $nothing
whatis $nothing
print $_isvoid($nothing)
print $_isvoid($x)
print $_strlen("abc")
print $_strlen(cstr)
print $_streq(cstr, "const")
print $_regex(cstr, "c.*t")
print $_memeq(utf, utf, 4)
print $_as_string(at.e)
print $_gdb_setting("print elements")
print $_gdb_setting_str("print elements")
print $_thread
print $_siginfo
print $_exitcode
print $pc
print $rip
whatis $rip
output 5
output/x 255
call 5
call (void)5
print (void)5
set var $y = 7
print $y
set var
output
printf "%d %s %c %x\n", 5, cstr, 65, 255
printf "%5d|%-5d|%05d|%+d\n", 1, 2, 3, 4
printf "%e %g %.3f\n", 1.5, 1.5, 1.5
printf "%lu %lld %#o\n", 1, 2, 8
printf "%%|%5s|%-6s|\n", cstr, cstr
printf "%s\n", 0
printf "%p %p\n", cstr, 0
printf "no args\n"
printf "%d\n"
printf "%d\n", 1, 2
printf "unterminated
printf noquote
printf
printf "\q"
echo hello\n
echo two\twords\n
echo  \ leading\n
echo
x/4xw neg
<enter>
x
x/2dw
x/s cstr
<enter>
x/2s utf
x/3c q
x/2i main
<enter>
x/2a &bigp
x/2f &dpi
x/3ub us
x/-2xw &neg[2]
x/0x neg
x 0
x/s 0
x/q neg
print -elements 3 -- neg
print -elements 2 -- neg
print -repeats 2 -- repnest
print -pretty -- out
print -pretty -array -- sarr2
print -array-indexes -- neg
print -union off -- out
print -address off -- bigp
print -symbol off -- bigp
print -max-depth 1 -- out
print -null-stop -- big250
print -foo -- 1
print -pretty
print/q 5
print/3x 5
print/i 5
print/bx 5
print/
print
print/x
info locals
info args
break ready
run
print $_
print $_siginfo.si_signo
print $_thread
print $bpnum
print $_exitcode
info locals
info args
up
info locals
info locals nosuch
print total
print $rip == $pc
p $_siginfo
continue
print $_exitcode
print $_siginfo
print $rip
print &neg
show values 3
