import { agreementIn, sameNights, type ToldAgreement, toldAgreement } from '../../domain/agreement';
import type { BookingTerms } from '../../domain/booking';
import { BOOKING_STATES } from '../../domain/booking-state';
import {
  type Changeable,
  MAX_CHANGE_ATTEMPTS,
  MAX_CHANGES,
  obstacleToChange,
  priceDifference,
  unfitness,
} from '../../domain/change';
import type { ItemId } from '../../domain/ids';
import type { CalendarDate } from '../../domain/stay-dates';

const agreed: ToldAgreement = {
  itemId: 'HOTEL-001:STD' as ItemId,
  itemName: 'Standard room',
  stay: { start: '2027-03-28' as CalendarDate, end: '2027-03-31' as CalendarDate },
  guests: 2,
  quantity: 1,
  price: { amount: 36_000, currency: 'USD' },
};
const CHECK_IN = '2027-03-28T13:00:00.000Z';
const booking: Changeable = {
  system: 'hotel',
  state: 'CONFIRMED',
  agreed: { ...agreed, terms: { checkInAt: CHECK_IN } },
  changes: 0,
};
const later: ToldAgreement = {
  ...agreed,
  stay: { start: '2027-04-01' as CalendarDate, end: '2027-04-04' as CalendarDate },
};

const asked = (changed: Partial<Changeable> = {}, at = '2027-03-01T00:00:00.000Z') =>
  obstacleToChange({ ...booking, ...changed }, Date.parse(at));

test('a confirmed reservation is changed until its check-in time has come', () => {
  expect(asked()).toBeUndefined();
  expect(asked({}, '2027-03-28T12:59:59.999Z')).toBeUndefined();
  expect(asked({}, CHECK_IN)).toBe('stay-begun');
});

test.each(BOOKING_STATES.filter((state) => state !== 'CONFIRMED'))(
  'one that is %s cannot be changed',
  (state) => {
    expect(asked({ state })).toBe('not-confirmed');
  },
);

test.each(['stays', 'travel'] as const)('bookings of %s cannot be changed', (system) => {
  expect(asked({ system })).toBe('not-changeable');
});

test('the changes of one booking are counted', () => {
  expect(asked({ changes: MAX_CHANGES - 1 })).toBeUndefined();
  expect(asked({ changes: MAX_CHANGES })).toBe('too-many-changes');
  expect(asked({ attempts: MAX_CHANGE_ATTEMPTS - 1 })).toBeUndefined();
  expect(asked({ attempts: MAX_CHANGE_ATTEMPTS })).toBe('too-many-changes');
});

test.each<[string, Partial<ToldAgreement>, ReturnType<typeof unfitness>]>([
  ['other dates', { stay: later.stay }, undefined],
  ['another room type', { itemId: 'HOTEL-001:SUITE' as ItemId }, undefined],
  ['more guests', { guests: 3 }, undefined],
  ['another price', { price: { amount: 35_000, currency: 'USD' } }, undefined],
  ['another property', { itemId: 'HOTEL-002:STD' as ItemId }, 'another-property'],
  ['another currency', { price: { amount: 36_000, currency: 'EUR' } }, 'another-currency'],
  ['nothing', {}, 'nothing-new'],
  ['another name of the same room', { itemName: 'Standard room, renovated' }, 'nothing-new'],
])('a change to %s', (_, to, expected) => {
  expect(unfitness(agreed, { ...agreed, ...to })).toBe(expected);
});

test('the difference is what the guest pays more, or below nothing what comes back', () => {
  const dearer = { ...agreed, price: { amount: 50_000, currency: 'USD' } };
  expect(priceDifference(agreed, dearer)).toEqual({ amount: 14_000, currency: 'USD' });
  expect(priceDifference(dearer, agreed)).toEqual({ amount: -14_000, currency: 'USD' });
});

test('guests and price move no nights; item, stay and quantity do', () => {
  expect(sameNights(agreed, { ...agreed, guests: 1, price: { amount: 1, currency: 'USD' } })).toBe(true);
  expect(sameNights(agreed, later)).toBe(false);
  expect(sameNights(agreed, { ...agreed, itemId: 'HOTEL-001:SUITE' as ItemId })).toBe(false);
  expect(sameNights(agreed, { ...agreed, quantity: 2 })).toBe(false);
});

test('an agreement is read back from the log as it was told, and from anything else not at all', () => {
  const told = toldAgreement({ ...agreed, terms: {} as BookingTerms });
  expect(agreementIn(JSON.parse(JSON.stringify(told)))).toEqual(agreed);
  for (const missing of Object.keys(agreed)) {
    expect(agreementIn({ ...agreed, [missing]: undefined })).toBeUndefined();
  }
  expect(agreementIn(undefined)).toBeUndefined();
  expect(agreementIn('HOTEL-001:STD')).toBeUndefined();
});
