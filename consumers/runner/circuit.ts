/** A circuit opens after so many failures of infrastructure in a row, over all of a group's partitions. */
export const OPENS_AFTER = 10;
/** How long it stays open before one message is tried, milliseconds. */
export const OPEN_MS = 30_000;
/** How soon to ask again while somebody else's try is under way, milliseconds. */
const TRIAL_POLL_MS = 100;

/** Whether to go on: freely, with one message as a trial, or not before `waitMs` have passed. */
export type Admission = { readonly go: 'freely' | 'trial' } | { readonly go: false; readonly waitMs: number };

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number; readonly since: number }
  | { readonly kind: 'trial'; readonly since: number };

/** One group's circuit. Says who may go on; it waits for nothing itself. */
export class Circuit {
  private state: State = { kind: 'closed', failures: 0 };

  /** @param now milliseconds on a clock that only goes forward */
  constructor(private readonly now: () => number) {}

  get isClosed(): boolean {
    return this.state.kind === 'closed';
  }

  /** Milliseconds since it opened; 0 while it is closed. */
  get openForMs(): number {
    return this.state.kind === 'closed' ? 0 : this.now() - this.state.since;
  }

  /** Asks to work on a message. Whoever is let through must say how it ended. */
  admit(): Admission {
    const { state } = this;
    switch (state.kind) {
      case 'closed':
        return { go: 'freely' };
      case 'trial':
        return { go: false, waitMs: TRIAL_POLL_MS };
      case 'open': {
        const waitMs = state.until - this.now();
        if (waitMs > 0) return { go: false, waitMs };
        this.state = { kind: 'trial', since: state.since };
        return { go: 'trial' };
      }
      default:
        return state satisfies never;
    }
  }

  /** The infrastructure answered, whatever the handler made of it. */
  succeeded(): void {
    // Work let through before it opened says nothing of how things are now.
    if (this.state.kind !== 'open') this.state = { kind: 'closed', failures: 0 };
  }

  /** @returns whether this opened it */
  failed(): boolean {
    const { state } = this;
    if (state.kind === 'open') return false;
    const failures = state.kind === 'closed' ? state.failures + 1 : OPENS_AFTER;
    if (failures < OPENS_AFTER) {
      this.state = { kind: 'closed', failures };
      return false;
    }
    const since = state.kind === 'trial' ? state.since : this.now();
    this.state = { kind: 'open', until: this.now() + OPEN_MS, since };
    return true;
  }
}
