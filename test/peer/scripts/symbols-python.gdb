# programs: /usr/bin/python3.11-dbg
# variants: gcc-O2
info line _PyEval_Vector
info address _PyEval_Vector
info symbol _PyEval_Vector
info scope _PyEval_Vector
info scope PyObject_Call
info scope list_resize
info line PyLong_FromLong
info functions -n ^PyList_A
info types ^PyL
info variables -n ^_Py_N
info scope unicode_char
