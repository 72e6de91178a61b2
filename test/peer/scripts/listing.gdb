# list in all its forms, before and after a stop; searching.
# programs: uaf shapes
list
<enter>
<enter>
list -
list 5
list 1,5
list 3,
list ,12
list main
list
list +
list -
list main,
list 10,12
list
list shapes.c:30
list uaf.c:12
list 9999
list nosuch
list nosuch.c:3
info source
info line 12
info line main
info line 9999
show listsize
set listsize 4
list 20
list
list -
set listsize unlimited
list 8,9
set listsize 10
search return
search for
reverse-search include
forward-search nothing like this
info line
list *main
list $_
break main
run
list
list
info source
frame
list
list -
