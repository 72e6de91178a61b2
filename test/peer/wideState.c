/*
 * Preloaded into gdb on processors whose extended state is larger than gdb 13.1 knows (AMX: tile data). gdb writes back only the
 * part it knows and the kernel refuses a short PTRACE_SETREGSET with EFAULT, so that calls of functions and checkpoints fail with
 * "Couldn't write extended state status: Bad address". Here the short part is laid over the thread's whole state first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

long ptrace(enum __ptrace_request request, ...) {
    static long (*next)(enum __ptrace_request, pid_t, void *, void *);
    va_list arguments;
    va_start(arguments, request);
    pid_t pid = va_arg(arguments, pid_t);
    void *address = va_arg(arguments, void *);
    void *data = va_arg(arguments, void *);
    va_end(arguments);
    if (!next) next = dlsym(RTLD_NEXT, "ptrace");

    if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE) {
        static char whole[64 * 1024];
        struct iovec *given = data;
        struct iovec all = {whole, sizeof whole};
        if (next(PTRACE_GETREGSET, pid, address, &all) == 0 && given->iov_len < all.iov_len) {
            memcpy(whole, given->iov_base, given->iov_len);
            return next(request, pid, address, &all);
        }
    }
    return next(request, pid, address, data);
}
