# Libraries that come: catch load and unload, and their breakpoints.
# programs: host
catch load
tcatch load libm
catch unload plug
catch load \(
info breakpoints
run
bt 1
info sharedlibrary
continue
info breakpoints
disable 1
run
continue
info breakpoints
