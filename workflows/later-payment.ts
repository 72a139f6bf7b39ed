import { HOLD_SECONDS, LATER_GRACE_SECONDS, type PaymentPart } from '../domain/payment-policy';
import type { Appointment } from './agenda';
import { type Charge, charge, givenCard } from './card';
import type { CardAttempt, MoneyRecord } from './money-record';
import { declined } from './payment';
import { askUntilCheckIn } from './provider';
import type { SagaRecord } from './saga-record';
import { commitFact } from './steps';
import { letGoSoon } from './superseded';

/**
 * The appointments of the money: the hold that falls due, or is to be renewed before it runs out; another card that
 * somebody gave, or the confirmation of one; the end of the grace period after a decline.
 *
 * Nothing is taken anew once check-in time has come: who arrives late must not be turned away by a renewal.
 */
export function laterPayment(booking: SagaRecord): Appointment[] {
  const { money } = booking;
  if (!booking.agreed.terms.payment) return [];
  return [
    {
      name: 'another card',
      at: () => undefined,
      hasCome: () => booking.paymentToken !== undefined,
      keep: () => putOnAnotherCard(booking),
    },
    {
      name: 'the confirmation of a payment',
      at: () => undefined,
      hasCome: () => money.news && money.attempt?.unconfirmed === true,
      keep: async () => {
        money.news = false;
        if (money.attempt) await collect(booking, money.attempt);
      },
    },
    {
      name: 'the last moment for another card',
      at: () => money.grace?.until,
      hasCome: () => false,
      keep: async () => {
        const reason = money.grace?.otherwise;
        if (reason) booking.end({ fact: 'booking.failed', actor: 'SYSTEM', reason });
      },
    },
    {
      name: 'the hold',
      at: () => beforeCheckIn(booking, holdDueAt(booking)),
      hasCome: () => false,
      keep: () => collect(booking, money.attempt ?? savedCard(money)),
    },
  ];
}

/** When the card is charged next, milliseconds since the epoch; undefined where nothing is to be charged. */
function holdDueAt(booking: SagaRecord): number | undefined {
  const { attempt, grace, card } = booking.money;
  if (attempt) return attempt.unconfirmed ? undefined : 0;
  if (grace || card === undefined) return undefined;
  return needAt(booking);
}

function beforeCheckIn({ agreed: { terms } }: SagaRecord, at: number | undefined): number | undefined {
  const checkInAt = Date.parse(terms.checkInAt);
  return at !== undefined && at < checkInAt && Date.now() < checkInAt ? at : undefined;
}

/** From when on what is due at check-in is held, milliseconds since the epoch. */
export function collectedFrom({ agreed: { terms } }: SagaRecord): number {
  return Date.parse(terms.payment?.holdAt ?? terms.checkInAt);
}

/** When the oldest hold that still stands is to be renewed. */
function renewalAt({ agreed: { terms }, money }: SagaRecord): number | undefined {
  const taken = money.standing.flatMap(({ takenAt }) => takenAt ?? []);
  if (taken.length === 0) return undefined;
  return Math.min(...taken) + (terms.payment?.holdSeconds ?? HOLD_SECONDS) * 1000;
}

/** From when on a card is needed: none was charged yet, or what is held runs out. Never: infinity. */
function needAt(booking: SagaRecord): number {
  const at = booking.money.missing.amount > 0 ? collectedFrom(booking) : renewalAt(booking);
  return at ?? Number.POSITIVE_INFINITY;
}

/** The card that was kept, charged while its holder is away. */
export function savedCard({ card = '' }: MoneyRecord): CardAttempt {
  return { token: card, offSession: true };
}

async function putOnAnotherCard(booking: SagaRecord): Promise<void> {
  const { money, paymentToken } = booking;
  if (paymentToken === undefined) return;
  booking.paymentToken = undefined;
  money.news = false;
  if (money.attempt?.hold) letGoSoon(money.attempt.hold);
  const attempt = givenCard(booking, paymentToken);
  if (needAt(booking) > Date.now()) attempt.standsBy = true;
  await collect(booking, attempt);
}

/**
 * Charges a card with all that is due, and then lets go of the holds that stood for it: never the other way round.
 * Before the hold is due a card is only kept.
 */
async function collect(booking: SagaRecord, attempt: CardAttempt): Promise<void> {
  const { money } = booking;
  const { due } = money;
  money.attempt = attempt;
  const before = money.holds.filter((hold) => hold !== attempt.hold && !hold.captured);
  const isDue = Date.now() >= collectedFrom(booking) || money.held.amount > 0;
  const parts: PaymentPart[] = isDue && due.amount > 0 ? [{ purpose: 'stay', amount: due }] : [];

  const charged = await charge(booking, attempt, parts, askUntilCheckIn(booking));
  if (!charged) return;
  if (charged.outcome !== 'charged') return await refused(booking, charged);

  // What was put off and is not due any more.
  if (attempt.hold) letGoSoon(attempt.hold);
  money.attempt = undefined;
  money.grace = undefined;
  money.card = attempt.token;
  if (parts.length > 0) return before.forEach(letGoSoon);
  await commitFact(booking, 'payment.card-saved', {
    details: { reference: attempt.token },
    patch: { paymentStatus: 'card_saved' },
  });
}

/** A card that was declined where nothing is missing leaves everything as it was. */
async function refused(booking: SagaRecord, refusal: Exclude<Charge, { outcome: 'charged' }>): Promise<void> {
  const { money } = booking;
  if (refusal.outcome === 'declined') money.attempt = undefined;
  else if (refusal.again) return;
  if (needAt(booking) > Date.now()) return;
  const { payment, checkInAt } = booking.agreed.terms;
  const seconds = payment?.laterGraceSeconds ?? LATER_GRACE_SECONDS;
  const until = Math.min(Date.now() + seconds * 1000, Date.parse(checkInAt));
  money.grace = { until, otherwise: declined(refusal) };
}
