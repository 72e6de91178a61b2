export const version = '0.1.0';

/** First lines at start and of --version. As `--gdb` sonde names the gdb whose behaviour it follows, which scripts look for. */
export const versionText = (asGdb: boolean): string =>
  `${asGdb ? `GNU gdb (sonde ${version}) 13.1` : `sonde ${version}`}
A debugger for Linux processes and core dumps. Type "help" for help.
`;

export const helpText = `Usage:

    sonde [options] [executable-file [core-file or process-id]]
    sonde [options] --args executable-file [inferior-arguments ...]

Selection of debuggee and its files:

  --args             Arguments after executable-file are passed to inferior.
  --core=COREFILE    Analyze the core dump COREFILE.
  --exec=EXECFILE    Use EXECFILE as the executable.
  --pid=PID          Attach to running process PID.
  --directory=DIR    Search for source files in DIR.
  --se=FILE          Use FILE as symbol file and executable file.
  --symbols=SYMFILE  Read symbols from SYMFILE.

Initial commands and command files:

  --command=FILE, -x Execute commands from FILE.
  --init-command=FILE, -ix
                     Like -x but execute commands before loading inferior.
  --eval-command=COMMAND, -ex
                     Execute a single command. May be used multiple times.
  --init-eval-command=COMMAND, -iex
                     Like -ex but before loading inferior.
  --nh               Do not read ~/.sondeinit.
  --nx               Do not read any .sondeinit files.

At the start, ~/.sondeinit is read, then -ix and -iex; .sondeinit of the current directory, if
auto-load safe-path covers it, comes after the files above, before -x and -ex.

Operating modes and output:

  --batch            Exit after processing options.
  --batch-silent     Like --batch, but nothing on standard output.
  --return-child-result
                     Exit code will be the child's exit code.
  --quiet, -q        Do not print version at startup.
  --json             Print every result as one line of JSON.
  --gdb              Present itself as gdb does: prompt and version.
  --cd=DIR           Change current directory to DIR.
  --tty=TTY          Use TTY for input/output by the program being debugged.
  --help             Print this message and then exit.
  --version          Print version information and then exit.
`;
