import { pause } from '../../platform/waiting';

/** Time as the runner sees it; tests have their own. */
export interface Clock {
  /** Milliseconds, only ever forward. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = { now: () => performance.now(), pause };
