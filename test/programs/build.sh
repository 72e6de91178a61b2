#!/bin/sh
# Compiles examples/ and the programs here into build/NAME-COMPILER-OLEVEL (as in shapes-gcc-Og), only what is outdated.
# Usage: test/programs/build.sh [NAME…]
set -eu
cd "$(dirname "$0")/../.."
out=test/programs/build
mkdir -p $out

jobs() {
    for source in examples/*.c test/programs/*.c test/programs/*.cc; do
        name=$(basename "${source%.*}")
        [ $# = 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
        [ "$name" != plugin ] || continue
        for compiler in gcc clang; do
            driver=$compiler
            case $source in *.cc) [ $compiler = gcc ] && driver=g++ || driver=clang++ ;; esac
            command -v $driver >/dev/null || continue
            for level in O0 Og O2; do
                target=$out/$name-$compiler-$level
                [ "$target" -nt "$source" ] && [ "$target" -nt "$0" ] && [ "$name" != host -o "$target" -nt test/programs/plugin.c ] || echo "$driver $level $source $target"
            done
        done
    done
}

# One program a line; sh -c gets it as $1…$4. A program that dlopens its plug-in finds it beside itself.
jobs "$@" | xargs -r -P 2 -n 4 sh -c '
    $0 -g -$1 -w "$2" -o "$3" -lm -lpthread || { echo "build: $3 failed" >&2; exit 255; }
    case $3 in */host-*) $0 -g -$1 -shared -fPIC test/programs/plugin.c -o "$3.so" ;; esac'
