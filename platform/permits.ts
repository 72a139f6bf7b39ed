/** Nobody let go of a permit in the time that there was to wait for one. */
export class NoPermit extends Error {
  override readonly name = 'NoPermit';
}

/** Lets so many work at once, and the others wait in order. */
export class Permits {
  private readonly waiting = new Set<() => void>();

  constructor(private free: number) {}

  /**
   * Runs `work` as soon as a permit is free.
   * @param patienceMs how long to wait for one, milliseconds. @default without an end
   * @throws {NoPermit} where that is over; `work` is then not begun
   */
  async using<T>(work: () => Promise<T>, patienceMs?: number): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await this.turn(patienceMs);
    try {
      return await work();
    } finally {
      const [next] = this.waiting;
      if (next) next();
      else this.free += 1;
    }
  }

  private turn(patienceMs: number | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        clearTimeout(tired);
        this.waiting.delete(go);
        resolve();
      };
      const tired =
        patienceMs === undefined
          ? undefined
          : setTimeout(() => {
              this.waiting.delete(go);
              reject(new NoPermit('all are taken'));
            }, patienceMs);
      this.waiting.add(go);
    });
  }
}
