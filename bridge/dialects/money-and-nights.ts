import { agreementIn, sameNights, type ToldAgreement } from '../../domain/agreement';
import { type FactType, isEnded } from '../../domain/booking-state';
import { moneyIn, stayIn } from '../../domain/fact-details';
import { roomTypeOf } from '../../domain/hotel';
import { type Money, toDecimal } from '../../domain/money';
import { asMidnightUtc } from '../../domain/stay-dates';
import { TOPICS } from '../../domain/topics';
import type { UndoStep } from '../../domain/undo';
import type { ToldFact } from '../told-fact';
import type { Dialect, DialectMessage } from './dialect';
import { propertyMessage } from './property-message';

/** What became of an undo that moves money, as the saga words it in the fact's details. */
const HOLD_RELEASED = ['voided', 'rest-released'];
const REFUNDED = 'refunded';

type Say = (told: ToldFact) => DialectMessage[];

const SAYINGS: Readonly<Partial<Record<FactType, Say>>> = {
  'booking.accepted': (told) => [payment(TOPICS.paymentInitiated.name, told, told.booking.price)],
  'payment.authorized': (told) => [payment(TOPICS.paymentAuthorized.name, told, amountOf(told))],
  'payment.captured': captured,
  'payment.voided': (told) => voided(told, amountOf(told)),
  'payment.refunded': (told) => [
    payment(TOPICS.paymentRefunded.name, told, amountOf(told), { kind: told.fact.details.kind ?? 'refund' }),
  ],
  // The provider withdraws the money when a dispute begins: that is told, and that a lost one stays withdrawn is not.
  'payment.disputed': (told) => [
    payment(TOPICS.paymentRefunded.name, told, amountOf(told), disputed(told, 'dispute')),
  ],
  'payment.dispute-won': (told) => [
    payment(TOPICS.paymentCaptured.name, told, amountOf(told), disputed(told, 'dispute-won')),
  ],
  'payment.declined': (told) => [failed(told, 'authorization')],
  'payment.capture-failed': (told) => [failed(told, 'capture')],
  'payment.settled': settled,
  'inventory.blocked': (told) => [availability(told, 'blocked')],
  'inventory.released': (told) => [availability(told, 'released')],
  'booking.modified': moved,
  'undo.completed': undone,
};

/**
 * Money and nights, told for the items of every system besides what the system's own dialect says: the `payment.*`
 * topics and `availability.updated`. A saved card moves nothing and is told to nobody. Carries no personal data and
 * nothing of a card.
 */
export const moneyAndNightsDialect: Dialect = (told) => SAYINGS[told.fact.type]?.(told) ?? [];

function undone(told: ToldFact): DialectMessage[] {
  const { outcome } = told.fact.details;
  const step = told.fact.details.step as UndoStep | undefined;
  switch (step) {
    case 'void-authorization':
      return HOLD_RELEASED.includes(String(outcome)) ? voided(told, amountOf(told)) : [];
    case 'refund-payment':
      if (outcome !== REFUNDED) return [];
      return [payment(TOPICS.paymentRefunded.name, told, amountOf(told), { kind: 'refund' })];
    case 'release-nights':
      return [availability(told, 'released')];
    case undefined:
      return [];
  }
}

/** A hold is captured once: what is left of it is given up with that. Where a booking ended, its undo tells so. */
function captured(told: ToldFact): DialectMessage[] {
  const { kind, released } = told.fact.details;
  const rest = isEnded(told.fact.state) ? undefined : moneyIn(released);
  return [
    payment(TOPICS.paymentCaptured.name, told, amountOf(told), kind === undefined ? {} : { kind }),
    ...(rest ? voided(told, rest) : []),
  ];
}

function voided(told: ToldFact, money: Money): DialectMessage[] {
  if (money.amount === 0) return [];
  const nothing = { ...money, amount: 0 };
  const more = { kind: 'void', voidedAmount: toDecimal(money) };
  return [payment(TOPICS.paymentRefunded.name, told, nothing, more)];
}

function settled(told: ToldFact): DialectMessage[] {
  const commission = moneyIn(told.fact.details.commission);
  const more = commission ? { commission: toDecimal(commission) } : {};
  return [payment(TOPICS.paymentSettled.name, told, amountOf(told), more)];
}

function disputed({ fact }: ToldFact, kind: 'dispute' | 'dispute-won') {
  return { kind, disputeId: fact.details.disputeId ?? null };
}

function failed(told: ToldFact, kind: 'authorization' | 'capture'): DialectMessage {
  return payment(TOPICS.paymentFailed.name, told, amountOf(told), {
    kind,
    code: told.fact.details.code ?? null,
  });
}

function payment(
  topic: string,
  told: ToldFact,
  money: Money,
  more: Readonly<Record<string, unknown>> = {},
): DialectMessage {
  const { reference, authorizationId } = told.fact.details;
  return propertyMessage(topic, told, {
    itemId: told.booking.itemId,
    amount: toDecimal(money),
    currency: money.currency,
    reference: typeof reference === 'string' ? reference : null,
    ...(typeof authorizationId === 'string' && { authorizationId }),
    ownerId: told.booking.ownerId,
    ...more,
  });
}

/** The nights of `[checkIn, checkOut)` that this booking took or gave back. None: nothing changed for anybody. */
function availability(told: ToldFact, change: 'blocked' | 'released'): DialectMessage {
  const stay = stayIn(told.fact.details.stay) ?? told.booking.stay;
  return nights(told, { ...told.booking, stay }, change);
}

/**
 * A change of dates or room gives nights back and takes others: two messages of one fact, in this order, so that
 * listeners need to know but the two words they know. Nights in both are told twice, which comes to nothing.
 */
function moved(told: ToldFact): DialectMessage[] {
  const from = agreementIn(told.fact.details.from);
  if (!from || sameNights(from, told.booking)) return [];
  return [nights(told, from, 'released'), nights(told, told.booking, 'blocked', 2)];
}

type Nights = Pick<ToldAgreement, 'itemId' | 'stay' | 'quantity'>;

function nights(
  told: ToldFact,
  { itemId, stay, quantity }: Nights,
  change: 'blocked' | 'released',
  nth = 1,
): DialectMessage {
  const details = {
    itemId,
    stayDetails: {
      roomType: roomTypeOf(itemId) ?? null,
      checkIn: asMidnightUtc(stay.start),
      checkOut: asMidnightUtc(stay.end),
    },
    change,
    quantity,
    ...told.booking.places?.[itemId],
  };
  return propertyMessage(TOPICS.availabilityUpdated.name, told, details, nth);
}

function amountOf({ fact, booking }: ToldFact): Money {
  return moneyIn(fact.details.amount) ?? booking.price;
}
