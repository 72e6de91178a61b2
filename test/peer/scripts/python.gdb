# A real program that nobody here wrote: Debian's python3.11-dbg, running a script.
# programs: /usr/bin/python3.11-dbg
break _PyEval_Vector
info breakpoints
info symbol _PyEval_Vector
info line _PyEval_Vector
whatis _PyEval_Vector
ptype _PyEval_Vector
whatis PyObject
ptype PyObject
ptype struct _typeobject
info scope PyLong_FromLong
list PyLong_FromLong
info address PyLong_FromLong
set environment PYTHONHASHSEED 0
set args -S -E test/programs/nap.py
run
bt
bt full 3
info frame
info locals
info args
print *func
print func->func_name
print *tstate
print tstate->interp
print argcount
print kwnames
p *tstate->cframe
p tstate->cframe->current_frame
info registers rip rsp rbp
x/5i $pc
up
info locals
info frame
print args
down
finish
print $
print *$
print *$.ob_type
print $.ob_type->tp_name
continue
bt -5
next
next
step
bt 3
info source
tbreak PyLong_FromLong
continue
bt 3
print ival
watch ival
info watchpoints
delete
tbreak long_add
continue
bt 4
print *a
print *(PyLongObject *)a
print ((PyLongObject *)a)->ob_digit[0]
finish
set $object = $
print *(PyLongObject *)$object
watch $object->ob_refcnt
info watchpoints
continue
continue
delete
info sharedlibrary
info threads
ptype PyLongObject
whatis &_PyRuntime
print _PyRuntime.initialized
print sizeof(PyInterpreterState)
info functions ^PyLong_From
info types ^PyLong
kill
