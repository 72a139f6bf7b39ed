import { classifyFailure } from './classify-failure';
import type { Delivery, Event } from './group';

/** Delivers events that are committed, one after the other; answers as an attempt does where that fails, and `left` where it is to end. */
export async function deliver(
  delivery: Delivery,
  events: readonly Event[],
  ending: AbortSignal,
): Promise<
  | { readonly kind: 'delivered' }
  | { readonly kind: 'left' }
  | { readonly kind: 'failed' | 'infrastructure'; readonly error: unknown }
> {
  try {
    for (const event of events) if (!(await delivery.deliver(event, ending))) return { kind: 'left' };
    return { kind: 'delivered' };
  } catch (error) {
    return { kind: classifyFailure(error) === 'infrastructure' ? 'infrastructure' : 'failed', error };
  }
}
