# Values at the edges of their types, and every operator on them.
# programs: values
break ready
run
p at
p at.e
ptype at
whatis at
ptype tenum
whatis at.e
p ANON2
p T2
whatis T2
whatis ANON1
p out
ptype out
ptype struct outer
p out.n1
p out.n2
p out.arr
p out.ptrs
p out.fns
whatis out.n1
whatis out.n2
whatis out.fns
ptype out.fns
p *out.ptrs[1]
p out.fns[0]
p bfv
p/x bfv
p bfv.d
whatis bfv.d
ptype bfv
ptype/o struct bf
ptype/o struct outer
p bfv.c
p/t bfv.b
p cstr
whatis cstr
p *cstr
p cvul
whatis cvul
p uc
p utf
p ctl
p digits
p rep12
p rep11
p rep10
p two_runs
p q
p nul0
p nul2
p empty
p us
p wide
p dz
p dbig
p dsmall
p dpi
p fsmall
p fbig
p ldinf
p ldn
p fnan
p neg
p m3
p repnest
p sarr
p sarr2
p lmax
p lmin
p ullmax
p imin
p -imin
p lmax + 1
p big250
p bigp
p bigint
p/x bigint
p -elements 20 -- bigint
p -elements 20 -- big250
p -elements 20 -- bigp
p -elements unlimited -- big250
p &big250[100]
x/s big250
x/2s bigp
x/3c utf
x/2dw neg
x/a &bigp
x/2a &out.fns
x/2gd &lmax
x/2gu &lmin
x/2ub utf
x/2o neg
x/3d neg
x/c &q
x/3uh us
x/w &imin
output/x imin
output bfv
printf "%s|%5.1f|%-6d|%c\n", utf, dpi, neg[0], q[0]
printf "%#x %o %e\n", 255, 8, dpi
printf "%5s|%.3s\n", q, cstr
p $_siginfo.si_signo
p $_exitcode
p/c neg
p/d uc
p/u neg
p/t us
p/o us
p/z us
p/f dpi
p/f neg
p/x dpi
p/a main
p/c 353
p/x -1L
p/t -1
p/z 0
p/a 0
p/a &neg[1]
p/s neg
p neg[0]@2
p/x neg[1]@2
p *sarr2@2
p sarr2[2]
p &sarr2[2]
p sarr2[2].b
p &sarr2[2].b
p *&sarr2[1]
p (long)&neg[1] - (long)&neg[0]
p &neg[2] - &neg[0]
p neg[0] + neg[1] * 2 - 3 / 2 % 4
p (neg[0] < 0) && (neg[1] > 0) || 1
p neg[0] ? 10 : 20
p 5 & 3 | 8 ^ 2
p 
0
p 1 << 4 >> 2
p sizeof(struct s)
p (char)neg[0]
p (unsigned)neg[0]
p (float)neg[0] / 3
p 10 % 3
p -10 % 3
p 1.5 + 2
p 1.5f * 2
p 7.0 / 2
p 3 == 3.0
p !dz
p sizeof("hello")
p 'a' < 'b'
p neg[0]++
p neg[0]
p --neg[0]
p neg[1] += 10
p neg[1] *= 3
p neg[1] /= 2
p neg[1] %= 4
p neg[1] <<= 2
p neg[1] |= 1
p neg[1] ^= 3
p neg
p $a = 5, $a + 1
p $b = sarr2[0]
p $b.a = 9
p $b
p $c = "str"
p $c
p sizeof($c)
p $nonexistent + 1
p $d = $a * 2.5
whatis $d
p $a++ + ++$a
p $a
p bfv.a = 7
p bfv.b = 511
p bfv.c = -1
p bfv.d = 1
p bfv.e = 0
p bfv
p bfv.a++
p bfv
p uc = 300
p lmax = -1
p dz = 3
p dz /= 2
p cstr = 0
p out.arr[1] = at
p out.arr
p out.n2[0].u2 = 1
p out.n2
p out.ptrs[0] = neg
p *out.ptrs[0]
set var neg = {7,8,9}
p neg
p wide[1] = L'z'
p wide
p us[1] = 70000
set var neg[2] = 77
p neg
p $cs == 51
p -5 / 2
p 5u - 6
p 2147483647 + 1
p 4294967295 + 1
p 0x7fffffff + 1
p 'a' * 2
p "abc"[0] == 'a'
p *"abc"
p &neg
p *&neg
p &*neg
p neg + 1
p *(neg + 1)
p 1 + neg
p neg - 1
p &neg[1] > neg
p neg == 0
p main == 0
p main + 1
p *main
p &main
p &*main
p sizeof(main)
p sizeof(void)
p sizeof(int())
p (void)1
p nosuch.x
p neg.x
p neg->x
p at->x
p *at
p at[0]
p neg[at]
p dz[0]
p &dz[0]
p -at
p at + at
p at == at
p at && 1
p !at
p (int)at
p (anon_t)1
p (struct nosuch)1
p sizeof(nosuch)
p neg @ 2
p neg[0] @ 0
p neg[0] @ -1
p 5 @ 2
p {int} 5
p {int[2]} neg
p {nosuch} 5
p 1 +
p (1
p 1)
p neg[
p neg[1
p ,
p ;
p 1 = 2
p neg = 1
p 'ab'
p ''
p "abc
p $
p $$
p $$2
p $1
p $9999
p 0x
p 1abc
p 1.2.3
p 09
p 1e
p 0b12
p 99999999999999999999
whatis 1.0L
whatis 1.0f
whatis 10ul
whatis 'a'
whatis sizeof(int)
whatis &neg
whatis neg + 1
whatis *neg
whatis neg[0] + 1L
whatis us[0]
whatis us[0] + us[1]
whatis uc + 1
whatis (char) 1
whatis 1 == 1
whatis !1
whatis &main
whatis main
whatis struct s
ptype struct s
ptype struct s *
ptype int
ptype unsigned
whatis unsigned char
ptype void
whatis void *
whatis wchar_t
ptype wchar_t
whatis wide
ptype wide
