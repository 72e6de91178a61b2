# programs: shapes uaf overrun
info functions
info functions ma
info functions -n ^[a-m]
info functions -q nothing
info functions -t int
info functions [
info variables
info variables -n e
info variables -t char
info types
info types s$
info types nothing
info scope main
info scope nosuch
info scope
info address main
info address printf
info address nosuch
info address
info symbol main
info symbol 0
info symbol
info line main
