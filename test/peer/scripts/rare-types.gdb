# Types that are rare: wide characters, 128-bit, complex, vectors, packed and anonymous, variable length arrays.
# programs: types
break variable_length
run
finish
print wide
print narrow16
print narrow32
print wide[5]
print huge
print huge_unsigned
print/x huge
print impedance
print small_complex
print long_pi
print long_pi * 2
print lanes
print wide_lanes
print lanes[1]
print header
print/x header
print sizeof header
print escapes
print zeros
print repeated
print matrix
print many
print floats
print infinity
print -infinity
print not_a_number
print odd
print/d odd
print *flexible
print flexible->tail
print flexible->tail[0]@8
print nest
print nest.left
print nest.signed_value
print nest.unsigned_value
print *nest.self
print nest.compare
print nest.table
print nest.flags
print nest.text
print nowhere
print letter
print minus_one
print high
print tiny
print top
print bottom
print truth
print/d letter
print/c high
print/x minus_one
print/t tiny
print/o top
print letter + 1
print (char)(letter + 1)
print top + 1
print bottom - 1
print high + high
print floats[1]
print (float)floats[1]
print floats[6]
print (int)floats[6]
print (long double)1 / 3
print 1.0f / 3
print L'w'
print L"wide"
print u"sixteen"
print U"thirty"
print u8"eight"
whatis wide
whatis wide[0]
whatis narrow16
whatis huge
whatis huge_unsigned
whatis impedance
whatis small_complex
whatis lanes
whatis wide_lanes
whatis header
whatis matrix
whatis matrix[0]
whatis nest.table
whatis nest.text
whatis nest.compare
whatis flexible->tail
ptype nest
ptype header
ptype flexible
ptype/o struct nested
ptype/o struct wire
ptype lanes
ptype odd
x/s repeated
x/2s escapes
x/ls wide
x/hs narrow16
x/ws narrow32
x/2dg &huge
x/3fg floats
x/4fw &lanes
x/2f &long_pi
set print elements 4
print many
print repeated
print wide
set print elements 200
set print repeats 3
print many
set print repeats 10
set print null-stop on
print repeated
print flexible->tail
set print null-stop off
set print pretty on
print nest
print header
print matrix
set print array on
print matrix
set print array-indexes on
print matrix[0]
set print array off
set print array-indexes off
set print pretty off
set print union off
print nest
set print union on
set print address off
print nest.compare
print nest.self
print &header
bt
set print address on
set print symbol off
print nest.compare
print &header
set print symbol on
print -pretty -- nest
print -elements 3 -- many
print -elements 3 -repeats 2 -- repeated
delete
break sum_of_row
run
info args
bt
print rows
print *table
print table[0]
print sizeof table
up
info locals
print squares
print squares[1]
print sizeof squares
print table
print &table
whatis squares
whatis table
ptype squares
finish
