/** A part of the product that runs in this process until it is asked to stop. */
export interface RunningRole {
  readonly role: string;
  /** Drains work in hand, then releases everything it opened. Resolves when nothing of it is left. */
  stop(): Promise<void>;
  /** Undefined while all is well, else what is wrong, in words. Feeds /readyz. */
  trouble?(): Promise<string | undefined>;
}
