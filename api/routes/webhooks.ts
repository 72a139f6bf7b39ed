import { z } from 'zod';
import { Problem } from '../../domain/problems';
import type { ApiDeps } from '../deps';
import { publicRoute, type Route } from '../http/route';
import { storeEvent } from '../webhooks/event-store';
import { readEvent } from '../webhooks/stripe/read-event';
import { verifiedEvent } from '../webhooks/stripe/verify';

const receivedSchema = z.object({
  received: z.literal(true),
  outcome: z.enum(['handed-on', 'ignored', 'known']).meta({
    description: '`known`: it had come before. `ignored`: it concerns no booking here. Both are kept.',
  }),
});

/** Where payment providers tell what happened outside of any call. */
export function webhookRoutes({ config, database, handSoon, now }: ApiDeps): Route[] {
  return [
    publicRoute({
      method: 'post',
      path: '/api/webhooks/stripe',
      tag: 'webhooks',
      summary: 'An event of Stripe’s',
      description:
        'For Stripe only, who signs it. An event is stored once and answered; what it tells is handed to the ' +
        'booking’s workflow, and never changes a booking by itself.',
      signatureHeader: 'stripe-signature',
      body: z.looseObject({ id: z.string(), type: z.string() }).meta({ id: 'StripeEvent' }),
      bodyExample: { id: 'evt_1PgafmB7WZ01zgkW6dKueIc5', type: 'charge.dispute.created' },
      answers: {
        200: {
          description: 'Stored',
          schema: receivedSchema,
          example: { received: true, outcome: 'handed-on' },
        },
      },
      problems: ['bad-signature', 'not-found'],
      async handle({ signed }) {
        const secret = config.STRIPE_WEBHOOK_SECRET;
        if (!secret || !signed) {
          throw new Problem('not-found', 'Stripe is not set up here: STRIPE_WEBHOOK_SECRET is not set.');
        }
        const event = verifiedEvent(signed, secret, now());
        const { id, type } = event;
        const outcome = await storeEvent(database, { id, provider: 'stripe', type, ...readEvent(event) });
        if (outcome === 'handed-on') handSoon();
        return { status: 200, body: { received: true, outcome } };
      },
    }),
  ];
}
