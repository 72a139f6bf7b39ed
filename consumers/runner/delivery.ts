import { classifyFailure } from './classify-failure';
import type { Delivery, Event } from './group';

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
