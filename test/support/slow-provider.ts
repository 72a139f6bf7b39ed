import { setTimeout } from 'node:timers/promises';
import type { PaymentGateway } from '../../activities/payment-gateway';

const PROVIDER_MS = 30;
/** Commands that are being answered. */
let speaking = 0;

export async function whileSpeaking<T>(speak: () => Promise<T>): Promise<T> {
  speaking += 1;
  try {
    return await speak();
  } finally {
    speaking -= 1;
  }
}

/**
 * A provider that takes its time while somebody speaks, so that what is said then finds the saga waiting for an answer.
 * At other times it answers at once: the test server skips time while an activity runs, and so past its timeout.
 */
export function slowly(real: PaymentGateway): PaymentGateway {
  const slow =
    <Request, Answer>(ask: (request: Request) => Promise<Answer>) =>
    async (request: Request) => {
      if (speaking > 0) await setTimeout(PROVIDER_MS);
      return await ask(request);
    };
  return {
    saveCard: slow((request) => real.saveCard(request)),
    authorize: slow((request) => real.authorize(request)),
    capture: slow((request) => real.capture(request)),
    void: slow((request) => real.void(request)),
    refund: slow((request) => real.refund(request)),
    settle: slow((request) => real.settle(request)),
  };
}
