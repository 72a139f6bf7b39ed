import type { Nudges } from '../../../api/live/nudges';

/** Topics that say what a test lets them say, and can be away. */
export class FakeNudges implements Nudges {
  isHeard = true;
  private onNudge: (bookingId: string) => void = () => undefined;

  listen(onNudge: (bookingId: string) => void): void {
    this.onNudge = onNudge;
  }

  nudge(bookingId: string): void {
    this.onNudge(bookingId);
  }

  async stop(): Promise<void> {}
}
