"""Calls a little, then sleeps: for debugging the interpreter itself."""
import sys
import time


def add(first, second):
    return first + second


def main():
    total = 0
    for number in range(3):
        total = add(total, number)
    print(total, flush=True)
    time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0)


main()
