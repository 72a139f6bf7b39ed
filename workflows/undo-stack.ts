import type { UndoStatus } from '../domain/booking-state';
import type { UndoStep } from '../domain/undo';

/** How long an undo is tried: a few times at once, or without end in long intervals. */
export type Patience = 'few-attempts' | 'without-end';

/** What an operator does about an undo that waits for one. */
export type Intervention = 'retry' | 'skip';

export interface UndoAttempt {
  readonly patience: Patience;
  /** The booking's `undo` field once this undo is done; to be asked when it is committed. */
  readonly undoAfterwards: () => UndoStatus;
}

/** One thing to be undone, registered before the step that it undoes runs. */
export interface Undo {
  readonly step: UndoStep;
  /** Undoes it and commits `undo.completed`. Throws an ActivityFailure once its patience is spent. */
  readonly run: (attempt: UndoAttempt) => Promise<void>;
}

export interface UndoEntry extends Undo {
  status: 'registered' | 'needs_operator' | 'finished';
  /** Set while an operator may intervene. */
  intervene?: (intervention: Intervention) => void;
}

/** What the saga has to undo, newest first. */
export class UndoStack {
  private readonly entries: UndoEntry[] = [];

  register(undo: Undo): UndoEntry {
    const entry: UndoEntry = { ...undo, status: 'registered' };
    this.entries.push(entry);
    return entry;
  }

  /** Takes an entry off again: its step definitely came to nothing. */
  forget(entry: UndoEntry): void {
    this.entries.splice(this.entries.indexOf(entry), 1);
  }

  get newestFirst(): UndoEntry[] {
    return this.entries.toReversed();
  }

  waitingForOperator(step: UndoStep): UndoEntry | undefined {
    return this.newestFirst.find((entry) => entry.step === step && entry.status === 'needs_operator');
  }

  /** The booking's `undo` field, as it is now or as it will be once `finishing` is done. */
  status(finishing?: UndoEntry): UndoStatus {
    if (this.entries.length === 0) return 'none';
    const left = this.entries.filter((entry) => entry !== finishing && entry.status !== 'finished');
    if (left.length === 0) return 'done';
    return left.some((entry) => entry.status === 'needs_operator') ? 'needs_operator' : 'running';
  }
}
