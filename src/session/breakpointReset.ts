import { SondeError } from '../base/errors.ts';
import { findLocations } from './breakpointLocations.ts';
import type { Breakpoint } from './breakpoints.ts';
import type { DebugSession } from './debugSession.ts';

/** Modules came, went or moved: breakpoints are looked for again. */
export function resetBreakpoints(session: DebugSession): void {
  for (const breakpoint of session.breakpoints.all) {
    if (breakpoint.kind === 'breakpoint' || breakpoint.kind === 'hw breakpoint') reset(session, breakpoint);
  }
}

/** Places that are found again stay enabled or disabled as they were; those of a library that is gone wait for it. */
function reset(session: DebugSession, breakpoint: Breakpoint): void {
  const { program } = session;
  for (const location of breakpoint.locations) location.unloaded = program.main !== undefined && !program.moduleAt(location.address);
  try {
    const found = findLocations(session, breakpoint.spec, breakpoint.condition);
    if (found.length === 0) return;
    const enabled = breakpoint.locations.map((location) => location.enabled);
    found.forEach((location, index) => {
      location.enabled = enabled.length === found.length ? enabled[index] : true;
    });
    breakpoint.locations = found;
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    if (!breakpoint.enabled || breakpoint.locations.length === 0 || breakpoint.locations.some(({ unloaded }) => unloaded)) return;
    // Told once: a disabled breakpoint is not set again.
    breakpoint.enabled = false;
    breakpoint.locations = breakpoint.locations.map((location) => ({ ...location, file: undefined, function: undefined }));
    session.emit({ kind: 'error', text: `Error in re-setting breakpoint ${breakpoint.number}: ${error.message}` });
  }
}
