/** Where a fact stands among all that may be in a set: `place` is the highest transaction id of its booking up to it. */
export interface FactKey {
  readonly place: string;
  readonly bookingId: string;
  readonly sequence: number;
}

/**
 * Where an owner's stream has come to: everything that the snapshot `seen` showed, and of what `upTo` shows besides all
 * up to and with `last`. The set between two snapshots never changes any more, nor does its order, so a stream that is
 * cut in the middle of it goes on with the very next fact.
 */
export interface OwnerCursor {
  /** As Postgres writes a `pg_snapshot`: `xmin:xmax:xip,…` */
  readonly seen: string;
  readonly within?: { readonly upTo: string; readonly last: FactKey };
}

const SNAPSHOT = /^(\d{1,19}):(\d{1,19}):(\d{1,19}(?:,\d{1,19})*)?$/;
const KEY = /^(\d{1,19})\.([\w-]{1,64})\.(\d{1,9})$/;
/** Node takes headers of 16 kB in all. */
const LONGEST = 8_000;

/** The cursor as the `id` of an event. */
export function cursorText({ seen, within }: OwnerCursor): string {
  if (!within) return seen;
  const { place, bookingId, sequence } = within.last;
  return `${seen}~${within.upTo}~${place}.${bookingId}.${sequence}`;
}

/** Undefined where the text is none that {@link cursorText} could have made. */
export function parseCursor(text: string): OwnerCursor | undefined {
  if (text.length > LONGEST) return undefined;
  const [seen = '', upTo, key, ...rest] = text.split('~');
  if (!isSnapshot(seen) || rest.length > 0) return undefined;
  if (upTo === undefined) return { seen };
  const [, place, bookingId, sequence] = KEY.exec(key ?? '') ?? [];
  if (!isSnapshot(upTo) || place === undefined || bookingId === undefined) return undefined;
  return { seen, within: { upTo, last: { place, bookingId, sequence: Number(sequence) } } };
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
