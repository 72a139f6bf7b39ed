import type { Config } from '../../platform/config';
import type { Logger } from '../../platform/logger';
import { classifyFailure } from './classify-failure';
import type { Event } from './group';

/**
 * The part of a group that speaks to somebody else's service, as a mail server. It runs after the handler's transaction
 * is committed and before the event is settled, outside of any transaction of the runner's and without one of its
 * connections: however slow that service is, no other group waits for it.
 */
export interface Delivery {
  /**
   * Sends what the handler wrote down for this event. Comes again for an event until it has once succeeded, also in
   * another process and for one that the inbox knows already, so it must know by itself what has been sent.
   * Its errors are treated as a handler's are.
   */
  deliver(event: Event): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a group's delivery, once for a process. Nothing has to be there yet that it speaks to.
 * @throws {ConfigError} for a setting that is missing
 */
export type OpenDelivery = (config: Config, logger: Logger) => Delivery;

/** Delivers events that are committed, one after the other; answers as an attempt does where that fails. */
export async function deliver(
  delivery: Delivery,
  events: readonly Event[],
): Promise<
  { readonly kind: 'delivered' } | { readonly kind: 'failed' | 'infrastructure'; readonly error: unknown }
> {
  try {
    for (const event of events) await delivery.deliver(event);
    return { kind: 'delivered' };
  } catch (error) {
    return { kind: classifyFailure(error) === 'infrastructure' ? 'infrastructure' : 'failed', error };
  }
}
