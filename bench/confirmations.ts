const PATIENCE_MS = 30_000;

/** Learns when bookings become CONFIRMED, and tells those who wait for it. */
export class Confirmations {
  private readonly arrivals = new Map<string, number>();
  private readonly waiting = new Map<string, (at: number) => void>();

  /** To be called as soon as it is known. */
  arrived(bookingId: string): void {
    const at = performance.now();
    const resolve = this.waiting.get(bookingId);
    if (resolve) resolve(at);
    else this.arrivals.set(bookingId, at);
  }

  /**
   * When it became known that the booking is CONFIRMED, in milliseconds of `performance.now()`.
   * @throws {Error} after half a minute
   */
  async of(bookingId: string): Promise<number> {
    const earlier = this.arrivals.get(bookingId);
    this.arrivals.delete(bookingId);
    if (earlier !== undefined) return earlier;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<number>((resolve, reject) => {
        this.waiting.set(bookingId, resolve);
        timer = setTimeout(
          () => reject(new Error(`Booking ${bookingId} was not confirmed within ${PATIENCE_MS / 1000} s.`)),
          PATIENCE_MS,
        );
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(bookingId);
    }
  }
}
