# set and show of what is printed, kept and logged; wrong values; radixes.
# programs: uaf
show history remove-duplicates
set history remove-duplicates 3
show history remove-duplicates
set history remove-duplicates unlimited
show history remove-duplicates
set history size unlimited
show history size
show history foo
show print nibbles
set print nibbles on
show print nibbles
print/t 1000
print/t 5
print/t 0
output/t 100
echo \n
set print nibbles off
show print raw-values
set print raw-values on
show print raw-values
show print raw-frame-arguments
show print type
set print type nested-type-limit 4
show print type nested-type-limit
set print type nested-type-limit -2
set print type nested-type-limit unlimited
show print type nested-type-limit
show print symbol-loading
set print symbol-loading off
show print symbol-loading
set print elements -1
set print frame-arguments foo
set print frame-arguments
set print foo
show radix
set radix 16
show radix
print 20
set input-radix A
show radix
set radix A
set radix 1
set radix
show max-value-size
set max-value-size 3
show max-value-size
set max-value-size unlimited
show max-value-size
set logging file /tmp/sonde-peer-log.txt
set logging enabled on
print 1
set logging enabled on
set logging enabled off
set logging enabled off
set logging redirect on
set logging overwrite on
set logging debugredirect on
show logging
set logging redirect off
set logging on
print 2
set logging off
set logging foo
set logging
set logging file /nowhere/log
set logging enabled on
show editing
set auto-load safe-path /
show auto-load safe-path
set auto-load safe-path /tmp
add-auto-load-safe-path /usr
show auto-load safe-path
directory /usr/
directory $cwd:/tmp
directory $cdir/below
show directories
set directories /bin
show directories
