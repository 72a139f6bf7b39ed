import { fieldProblem } from '../http/validate';
import type { LoggedFact } from './event';

/** How many facts are read at once: what a stream holds in memory for a client that does not keep up. */
export const PAGE = 100;

/** A fact, and the id by which a stream goes on after it. */
export interface Entry {
  readonly id: string;
  readonly fact: LoggedFact;
}

/** What one stream sends, read on and on. Each call goes on where the one before it stopped. */
export interface EventLog {
  /** The next facts, {@link PAGE} at most; `whole` where there were no more. */
  read(): Promise<{ readonly entries: readonly Entry[]; readonly whole: boolean }>;
  /** An id to go on from with which a client that comes back much later is served at less cost. */
  readonly bookmark?: string;
}

/** The problem of an id that this stream never gave. */
export function badLastEventId(why: string) {
  return fieldProblem('invalid-request', [
    {
      field: 'Last-Event-ID',
      message: `${why}; send the id of the last event you got from this very stream, or none and begin anew`,
    },
  ]);
}
