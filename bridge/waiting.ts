export { pause, unlessAborted } from '../platform/waiting';

/** Ends a wait for new rows. A hint that comes while nobody waits ends the next wait at once. */
export class WakeUp {
  private hinted = false;
  private wake: (() => void) | undefined;

  hint(): void {
    this.hinted = true;
    this.wake?.();
  }

  /** Resolves at the next hint, at the latest after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.hinted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.wake = undefined;
    this.hinted = false;
  }
}
