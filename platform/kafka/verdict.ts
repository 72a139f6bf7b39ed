/**
 * What a failed send means.
 * - `refused`: this batch will never be taken
 * - `renew`: the broker has lost track of this producer's sequence numbers; a new producer may send the same again
 * - `retry`: anything else, mostly a broker that is away; what became of the batch may be unknown
 */
export type Verdict =
  | { readonly kind: 'refused'; readonly refusal: string }
  | { readonly kind: 'renew'; readonly why: string }
  | { readonly kind: 'retry' };

/** Out of order sequence, duplicate sequence, producer fenced, unknown producer id, unknown producer mapping. */
const RENEWING_CODES: readonly number[] = [45, 46, 47, 49, 59];

/**
 * Final by the library's table, and still no word about the batch: an unexpected error inside of the broker, a
 * broker or controller that moved, missing rights to write at all, a login that fails, a code it does not know.
 * Refusing rows for these would empty the outbox into the refusals during somebody's maintenance window.
 */
const CLUSTER_CODES: readonly number[] = [-1, -99, 8, 11, 31, 33, 34, 35, 41, 57, 58, 77];

export function verdictOn(error: unknown): Verdict {
  const protocol = protocolError(error);
  if (!protocol) return { kind: 'retry' };
  if (RENEWING_CODES.includes(protocol.code)) return { kind: 'renew', why: protocol.type };
  if (protocol.retriable || CLUSTER_CODES.includes(protocol.code)) return { kind: 'retry' };
  return { kind: 'refused', refusal: protocol.type };
}

/** An answer of the broker, as the library passes it on. */
interface ProtocolError {
  readonly code: number;
  readonly type: string;
  readonly retriable: boolean;
}

/** The library wraps the broker's answer once or twice, depending on how its retrying ended. */
function protocolError(error: unknown): ProtocolError | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner.name === 'KafkaJSProtocolError') return inner as Error & ProtocolError;
  }
  return undefined;
}
