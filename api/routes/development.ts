import { z } from 'zod';
import { BadAmount, fromDecimal, type Money, toDecimal } from '../../domain/money';
import { Problem } from '../../domain/problems';
import type { ProviderTidings } from '../../domain/provider-event';
import type { ApiDeps } from '../deps';
import { confirmPage } from '../development/confirm-page';
import type { Dispute, SimulatorDesk } from '../development/simulator-desk';
import { publicRoute, type Route } from '../http/route';
import { fieldProblem } from '../http/validate';
import { storeEvent } from '../webhooks/event-store';

const TAG = 'development';
const PAYMENT = '/api/development/payments/:id';
const NOTE = 'In development with the simulated provider only.';

const params = z.object({ id: z.string().max(100).meta({ example: 'auth_6f1c0a52' }) });
const disputeParams = z.object({ disputeId: z.string().max(150).meta({ example: 'dispute_auth_6f1c0a52' }) });
const paymentSchema = z.object({ id: z.string(), bookingId: z.string(), status: z.string() });
const disputeSchema = z.object({
  disputeId: z.string(),
  bookingId: z.string(),
  amount: z.number(),
  currency: z.string(),
  status: z.enum(['open', 'won', 'lost']),
});
const disputeExample = {
  ...{ disputeId: 'dispute_auth_6f1c0a52', bookingId: 'BKG01M7XYEAG49DE3TYS151' },
  ...{ amount: 300, currency: 'USD', status: 'open' as const },
};

/** What people around the simulated provider do, and what it then tells us as a real one would by a webhook. */
export function developmentRoutes(deps: ApiDeps): Route[] {
  /** @throws {Problem} `not-found`, in production and with a real provider */
  const desk = (): SimulatorDesk => {
    if (deps.simulatorDesk) return deps.simulatorDesk;
    throw new Problem('not-found', `There is nothing here. ${NOTE}`);
  };
  const tell = async (id: string, bookingId: string, objectId: string, tidings: ProviderTidings) => {
    const authorizationId = tidings.authorizationId;
    const outcome = await storeEvent(deps.database, {
      ...{ id: `sim_${id}`, provider: 'simulator', type: tidings.kind, objectId, bookingId, tidings },
      ...(authorizationId !== undefined && { authorizationId }),
    });
    if (outcome === 'handed-on') deps.handSoon();
  };

  return [
    publicRoute({
      method: 'get',
      path: `${PAYMENT}/confirm`,
      tag: TAG,
      summary: 'The page at which a simulated cardholder confirms',
      description: NOTE,
      params,
      answers: { 200: { description: 'A page with two buttons', contentType: 'text/html' } },
      async handle({ params: { id } }) {
        const payment = known(await desk().find(id));
        return { status: 200, body: confirmPage(payment), contentType: 'text/html' };
      },
    }),
    publicRoute({
      method: 'post',
      path: `${PAYMENT}/confirm`,
      tag: TAG,
      summary: 'A simulated cardholder confirms, or refuses',
      description: NOTE,
      params,
      query: z.strictObject({ outcome: z.enum(['confirmed', 'refused']) }),
      answers: {
        200: {
          description: 'How the payment or the card stands now',
          schema: paymentSchema,
          example: { id: 'auth_6f1c0a52', bookingId: 'BKG01M7XYEAG49DE3TYS151', status: 'held' },
        },
      },
      async handle({ params: { id }, query: { outcome } }) {
        const { bookingId, status, amount } = known(await desk().confirm(id, outcome === 'confirmed'));
        const kind = status === 'declined' ? 'action-failed' : 'action-completed';
        await tell(`${id}_${kind}`, bookingId, id, { kind, ...(amount && { authorizationId: id }) });
        return { status: 200, body: { id, bookingId, status } };
      },
    }),
    publicRoute({
      method: 'post',
      path: `${PAYMENT}/disputes`,
      tag: TAG,
      summary: 'A simulated bank disputes a captured payment',
      description: NOTE,
      params,
      body: z.strictObject({}),
      answers: { 201: { description: 'The dispute', schema: disputeSchema, example: disputeExample } },
      async handle({ params: { id: authorizationId } }) {
        const dispute = known(await desk().dispute(authorizationId));
        const { disputeId, bookingId, amount } = dispute;
        const about = { authorizationId, amount, disputeId, reason: 'general' };
        const evidenceDueBy = new Date(deps.now().getTime() + 7 * 86_400_000).toISOString();
        await tell(`${disputeId}_opened`, bookingId, disputeId, {
          ...{ kind: 'dispute-opened', ...about, evidenceDueBy },
        });
        await tell(`${disputeId}_withdrawn`, bookingId, disputeId, {
          kind: 'dispute-funds-withdrawn',
          ...about,
        });
        return { status: 201, body: shown(dispute) };
      },
    }),
    publicRoute({
      method: 'post',
      path: '/api/development/disputes/:disputeId/decide',
      tag: TAG,
      summary: 'A simulated bank decides a dispute',
      description: NOTE,
      params: disputeParams,
      query: z.strictObject({ outcome: z.enum(['won', 'lost']) }),
      body: z.strictObject({}),
      answers: {
        200: {
          description: 'The dispute',
          schema: disputeSchema,
          example: { ...disputeExample, status: 'won' },
        },
      },
      async handle({ params: { disputeId }, query: { outcome } }) {
        const dispute = known(await desk().decide(disputeId, outcome));
        const { bookingId, amount, status } = dispute;
        const about = { authorizationId: disputeId.replace(/^dispute_/, ''), amount, disputeId };
        if (status === 'won') {
          await tell(`${disputeId}_reinstated`, bookingId, disputeId, {
            ...{ kind: 'dispute-funds-reinstated', ...about },
          });
        }
        if (status !== 'open') {
          await tell(`${disputeId}_closed`, bookingId, disputeId, {
            ...{ kind: 'dispute-closed', ...about, outcome: status },
          });
        }
        return { status: 200, body: shown(dispute) };
      },
    }),
    publicRoute({
      method: 'post',
      path: `${PAYMENT}/refunds`,
      tag: TAG,
      summary: 'Somebody refunds in the simulated provider’s own dashboard',
      description: NOTE,
      params,
      body: z.strictObject({ amount: z.number().positive().meta({ example: 40 }) }),
      answers: {
        201: {
          description: 'The refund',
          schema: z.object({ refundId: z.string(), bookingId: z.string() }),
          example: { refundId: 'refund_6f1c0a52', bookingId: 'BKG01M7XYEAG49DE3TYS151' },
        },
      },
      async handle({ params: { id }, body: { amount } }) {
        const { amount: held } = known(await desk().find(id));
        const wanted = amountOf(amount, known(held).currency);
        const made = await desk().refund(id, wanted.amount);
        if (!made) {
          throw fieldProblem('invalid-request', [
            { field: 'amount', message: 'is more than was captured and not yet given back' },
          ]);
        }
        const { refundId } = made;
        const { bookingId } = made.payment;
        await tell(refundId, bookingId, refundId, {
          ...{ kind: 'refunded', authorizationId: id, amount: wanted, refundId },
        });
        return { status: 201, body: { refundId, bookingId } };
      },
    }),
  ];
}

/** @throws {Problem} `invalid-request`, for more digits than the currency has */
function amountOf(amount: number, currency: string): Money {
  try {
    return fromDecimal(amount, currency);
  } catch (error) {
    if (!(error instanceof BadAmount)) throw error;
    throw fieldProblem('invalid-request', [{ field: 'amount', message: error.message }]);
  }
}

/** @throws {Problem} where the simulator knows no such thing */
function known<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Problem('not-found', 'The simulated provider knows nothing of this.');
  return thing;
}

function shown({ disputeId, bookingId, amount, status }: Dispute) {
  return { disputeId, bookingId, amount: toDecimal(amount), currency: amount.currency, status };
}
