import { percentile } from '../figures';
import type { ListenerFigures } from './figures';

/** A line for each measure. */
export function listenerLines(figures: ListenerFigures): string[] {
  const {
    cpuShares,
    commitToViewMs,
    bookingsPerSecond,
    behind,
    caughtUpSeconds,
    relayPerSecond,
    consumerPerSecond,
  } = figures;
  const { batch, single } = consumerPerSecond;
  const at = (share: number) => percentile(commitToViewMs, share).toFixed(0);
  return [
    `commit to view at ${bookingsPerSecond} bookings a second, ${commitToViewMs.length} facts: ` +
      `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} ms`,
    `processor time meanwhile, of one core: ${Object.entries(cpuShares)
      .map(([name, share]) => `${name} ${(share * 100).toFixed(0)} %`)
      .join(', ')}`,
    `after a minute away: ${behind} messages behind, none ${caughtUpSeconds.toFixed(1)} s after the start`,
    `relay: ${relayPerSecond.toFixed(0)} facts a second`,
    `one consumer: ${batch.toFixed(0)} messages a second with many to a transaction, ${single.toFixed(0)} one by one ` +
      `(${(batch / single).toFixed(1)} times)`,
  ];
}
