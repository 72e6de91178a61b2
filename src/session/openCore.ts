import { existsSync } from 'node:fs';
import { files } from '../linux/files.ts';
import { CoreTarget } from '../targets/corefile/coreTarget.ts';
import type { DebugSession } from './debugSession.ts';

export interface OpenedCore {
  readonly target: CoreTarget;
  /** The program was found through the core's own list of files. */
  readonly loaded: string | undefined;
  /** Build-ids of the program that was given and of the one in the core, where they differ: its symbols are not used then. */
  readonly mismatch: { readonly program: string; readonly given: string; readonly inCore: string } | undefined;
}

/** Makes a core file the session's target. Throws SondeError for files that are none. */
export function openCoreFile(session: DebugSession, path: string): OpenedCore {
  const target = new CoreTarget(path, files.read(path), files);
  const mapping = target.executableMapping;
  const first = mapping && target.core.mappings.find((candidate) => candidate.path === mapping.path && candidate.offset === 0);
  const inCore = first && target.buildIdAt(first.start);
  const mismatch = differentProgram(session, inCore);
  if (mismatch) session.loadProgram(undefined);
  let loaded: string | undefined;
  if (!session.program.executable && mapping && existsSync(mapping.path)) {
    session.loadProgram(mapping.path, session.program.symbolFile ? 'executable' : 'executable and symbols');
    // A program that was built anew since then is not the one that dumped.
    if (differentProgram(session, inCore)) session.loadProgram(undefined);
    else loaded = mapping.path;
  }
  session.libraries.forget();
  session.setTarget(target);
  session.control.placeModules();
  session.selectedFrame = session.innermostFrame;
  return { target, loaded, mismatch };
}

function differentProgram({ program }: DebugSession, inCore: string | undefined): OpenedCore['mismatch'] {
  const file = program.executable ?? program.main;
  const given = file?.buildId;
  if (!file || given === undefined || inCore === undefined || given === inCore) return undefined;
  return { program: file.path, given, inCore };
}
