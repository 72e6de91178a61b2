# programs: shapes
break main
run
info scope main
info address main
info symbol main
info symbol $pc
info address argc
info address nosuch
info functions -n ^ma
info variables -n ^c
kill
