/**
 * Where an owner's stream has come to: everything that the snapshot `seen` showed, and of what `upTo` shows besides the
 * first `sent`. The set between two snapshots never changes any more, nor does its order, so a stream that is cut in
 * the middle of it goes on with the very next fact.
 */
export interface OwnerCursor {
  /** As Postgres writes a `pg_snapshot`: `xmin:xmax:xip,…` */
  readonly seen: string;
  readonly upTo?: string;
  readonly sent: number;
}

const SNAPSHOT = /^(\d{1,19}):(\d{1,19}):(\d{1,19}(?:,\d{1,19})*)?$/;
/** Node takes headers of 16 kB in all. */
const LONGEST = 8_000;

/** The cursor as the `id` of an event. */
export function cursorText({ seen, upTo, sent }: OwnerCursor): string {
  return upTo === undefined ? seen : `${seen}~${upTo}~${sent}`;
}

/** Undefined where the text is none that {@link cursorText} could have made. */
export function parseCursor(text: string): OwnerCursor | undefined {
  if (text.length > LONGEST) return undefined;
  const [seen = '', upTo, sent, ...rest] = text.split('~');
  if (!isSnapshot(seen) || rest.length > 0) return undefined;
  if (upTo === undefined) return { seen, sent: 0 };
  if (!isSnapshot(upTo) || sent === undefined || !/^\d{1,9}$/.test(sent)) return undefined;
  return { seen, upTo, sent: Number(sent) };
}

/** Whether Postgres would read it: it refuses others with an error. */
function isSnapshot(text: string): boolean {
  const [, xmin, xmax, running = ''] = SNAPSHOT.exec(text) ?? [];
  if (xmin === undefined || xmax === undefined) return false;
  const [first, end] = [BigInt(xmin), BigInt(xmax)];
  const inOrder = running === '' ? [] : running.split(',').map(BigInt);
  return (
    first > 0n &&
    first <= end &&
    inOrder.every((id, index) => id >= (inOrder[index - 1] ?? first) && id < end)
  );
}
