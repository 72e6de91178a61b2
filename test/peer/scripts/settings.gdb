# set and show.
# programs: uaf
show args
set args one "two three" 4
show args
show confirm
set confirm off
show confirm
show height
show width
show listsize
set listsize 0
show listsize
set listsize -1
show listsize
set listsize x
set listsize 10
show print pretty
set print pretty on
show print pretty
set print pretty maybe
set print pretty
show print elements
set print elements 50
show print elements
set print elements unlimited
show print elements
show print repeats
show print address
show print symbol
show print union
show print array
show print array-indexes
show print null-stop
show print frame-arguments
set print frame-arguments wrong
show print entry-values
show pagination
set pagination off
show pagination
show environment HOME
set environment ALPHA beta
show environment ALPHA
unset environment ALPHA
show environment ALPHA
show cwd
set cwd /tmp
show cwd
set cwd
pwd
cd /tmp
pwd
cd /nosuch
show disassembly-flavor
set disassembly-flavor wrong
show disable-randomization
show can-use-hw-watchpoints
show history size
show history save
show logging
show logging file
show breakpoint pending
show scheduler-locking
show follow-fork-mode
show detach-on-fork
show startup-with-shell
show unwindonsignal
show max-value-size
show output-radix
set output-radix 16
print 10
set output-radix 10
show input-radix
set input-radix 16
print 10
set input-radix a
show input-radix
set nosuch thing
show nosuch
show language
show step-mode
show stop-on-solib-events
show directories
show verbose
show backtrace limit
show backtrace past-main
show print object
show print static-members
show print max-depth
show multiple-symbols
show debug-file-directory
show write
set write on
show write
set write off
