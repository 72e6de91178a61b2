# programs: shapes
foo
info foo
set print foo
set print pretty maybe
set print elements foo
set language foo
with print pretty on -- p 1
with
with foo on -- p 1
pipe p 1 | cat
pipe
pipe p 1
pipe -d XX p 1 XX cat
alias zz = print
zz 4
alias
alias zz=print
alias -a yy = print/x
yy 17
alias zz2 = foo
show substitute-path
set substitute-path /a /b
show substitute-path
unset substitute-path
complete b ma
complete p argc+fact
complete set confirm o
complete help set listsi
search int
list
rev int
help list
help info line
help foo
