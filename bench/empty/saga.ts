import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  condition,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Step } from '../../activities/booking-steps';
import type { BookingRequest, BookingSnapshot } from '../../domain/booking';
import type { BookingState, FactType, Origin } from '../../domain/booking-state';
import { blockIdOf } from '../../domain/ids';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { acceptUpdate, openUpdate } from '../../workflows/messages';
import type { EmptyActivities } from './activities';
import type { StepKinds } from './settings';

const bookingStatus = defineSearchAttributeKey(SEARCH_ATTRIBUTES.bookingStatus, SearchAttributeType.KEYWORD);

/**
 * What a booking would cost if nothing were done about it: the product's messages, steps, timers and upsert up to
 * CONFIRMED, with documents of the same size, and no state machine, undo, claims or database behind them.
 */
export async function emptySaga(request: BookingRequest, kinds: StepKinds): Promise<BookingSnapshot> {
  const { bookingId, itemId, stay, quantity, price, terms } = request;
  const { step, card, money } = stepsOf(kinds);
  let booking: BookingSnapshot | undefined;
  let asked = false;
  const snapshot = async (sequence: number): Promise<BookingSnapshot> => {
    await condition(() => booking !== undefined && booking.sequence >= sequence);
    if (!booking) throw new Error('waited for it');
    return booking;
  };
  setHandler(openUpdate, () => snapshot(1));
  setHandler(acceptUpdate, (decision) => {
    asked = decision.by.role === 'OWNER';
    return snapshot(2);
  });
  const document = (sequence: number, type: FactType, from: Origin, more: Partial<Step> = {}): Step => ({
    ...{ bookingId, sequence, type, from, undo: 'none', actor: 'SYSTEM', at: new Date().toISOString() },
    ...more,
  });

  const decisionBy = new Date(Date.now() + terms.decisionWindowSeconds * 1000).toISOString();
  const opening = { ...document(1, 'booking.opened', 'NONE', { actor: 'TRAVELER' }), request, decisionBy };
  booking = await step('commit booking.opened').openBooking(opening);
  if (!terms.instant) {
    setCurrentDetails(details(request, 'PENDING', `Waiting for the owner's decision until ${decisionBy}.`));
    await condition(() => asked, terms.decisionWindowSeconds * 1000);
  }

  const patch = { paymentBy: decisionBy };
  const actor = terms.instant ? 'SYSTEM' : 'OWNER';
  const accepted = document(2, 'booking.accepted', 'PENDING', { actor, patch });
  booking = await step('commit booking.accepted').commitStep(accepted);
  await step('read the calendar').findGoneNights({ itemId, stay, quantity });
  const saved = await card.saveCard({
    key: `${bookingId}/card/1`,
    ...{ bookingId, travelerId: request.travelerId, token: request.paymentToken ?? 'tok_approved' },
  });
  const authorization = await money.authorizePayment({
    key: `${bookingId}/authorize/1`,
    bookingId,
    token: saved.outcome === 'saved' ? saved.card : '',
    amount: price,
  });
  const reference = authorization.outcome === 'authorized' ? authorization.authorizationId : '';
  const authorized = document(3, 'payment.authorized', 'ACCEPTED', {
    details: { amount: price, reference },
    attempts: authorization.attempts,
    patch: { paymentStatus: 'authorized', authorizationId: reference },
  });
  booking = await step('commit payment.authorized').commitStep(authorized);
  const nights = { blockId: blockIdOf(bookingId, 1), itemId, stay, quantity };
  const blocking = document(4, 'inventory.blocked', 'PAYMENT_AUTHORIZED', {
    details: { blockId: nights.blockId },
  });
  await step(`block ${stay.start} to ${stay.end}`).blockNights({ ...blocking, nights });
  const confirmed = document(5, 'booking.confirmed', 'PAYMENT_AUTHORIZED');
  booking = await step('commit booking.confirmed').commitStep(confirmed);

  setCurrentDetails(details(request, 'CONFIRMED', `Waiting for check-in at ${terms.checkInAt}.`));
  upsertSearchAttributes([{ key: bookingStatus, value: 'CONFIRMED' }]);
  await condition(() => false, Date.parse(terms.checkInAt) - Date.now());
  return booking;
}

function stepsOf({ database, eager }: StepKinds) {
  const regular = { startToCloseTimeout: '10s', allowEagerDispatch: eager } as const;
  const local = { startToCloseTimeout: '4s', scheduleToCloseTimeout: '5s' } as const;
  return {
    step: (summary: string) =>
      database === 'local'
        ? proxyLocalActivities<EmptyActivities>({ ...local, summary })
        : proxyActivities<EmptyActivities>({ ...regular, summary }),
    card: proxyActivities<EmptyActivities>({ ...regular, summary: 'save the card' }),
    money: proxyActivities<EmptyActivities>({ ...regular, summary: 'authorize payment' }),
  };
}

function details(request: BookingRequest, state: BookingState, whatNext: string): string {
  const { itemName, itemId, stay, travelerId, ownerId } = request;
  return [
    `**${state}** since ${new Date().toISOString()}`,
    '',
    whatNext,
    '',
    `- ${itemName} (${itemId}), ${stay.start} to ${stay.end}`,
    `- traveler ${travelerId}, owner ${ownerId}`,
  ].join('\n');
}
