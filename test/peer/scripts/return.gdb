# return: out of a function without the rest of it; the value, the question, the frames.
# programs: shapes deep
return
break box_area
break scale
break is_even
run
return 2.5
next
return
bt
continue
up
return
continue
return 1
next
continue
up 3
return 0
bt 3
print $rip
delete
up
return (char)3
