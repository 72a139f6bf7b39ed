import { type CancellationPolicy, cancellationFee, noShowFee, refundAfter } from '../../domain/cancellation';
import type { Money } from '../../domain/money';

const policy: CancellationPolicy = {
  tiers: [
    { hoursBefore: 48, refundPercent: 100 },
    { hoursBefore: 24, refundPercent: 50 },
  ],
  noShow: { kind: 'nights', nights: 1 },
};
const usd = (amount: number): Money => ({ amount, currency: 'USD' });
const CHECK_IN = Date.parse('2027-05-10T13:00:00.000Z');
const before = (hours: number, ms = 0) => CHECK_IN - hours * 3_600_000 + ms;

test.each([
  ['weeks before', before(500), 0],
  ['exactly at the first limit', before(48), 0],
  ['a millisecond after it', before(48, 1), 18_000],
  ['exactly at the second limit', before(24), 18_000],
  ['a millisecond after it', before(24, 1), 36_000],
  ['at check-in', CHECK_IN, 36_000],
  ['after check-in', CHECK_IN + 1, 36_000],
])('cancelled %s', (_, at, fee) => {
  expect(cancellationFee(policy, usd(36_000), CHECK_IN, at)).toEqual(usd(fee));
});

test('the order of the tiers does not matter', () => {
  const turned = { ...policy, tiers: policy.tiers.toReversed() };
  expect(cancellationFee(turned, usd(36_000), CHECK_IN, before(48))).toEqual(usd(0));
});

test('a policy without tiers refunds nothing', () => {
  expect(cancellationFee({ ...policy, tiers: [] }, usd(36_000), CHECK_IN, before(5000))).toEqual(usd(36_000));
});

test('a tier of zero hours holds until check-in, not after', () => {
  const lenient = { ...policy, tiers: [{ hoursBefore: 0, refundPercent: 100 }] };
  expect(cancellationFee(lenient, usd(36_000), CHECK_IN, CHECK_IN)).toEqual(usd(0));
  expect(cancellationFee(lenient, usd(36_000), CHECK_IN, CHECK_IN + 1)).toEqual(usd(36_000));
});

test('a fraction of a cent falls to the guest, and fee and refund make the price', () => {
  const fee = cancellationFee(policy, usd(9_999), CHECK_IN, before(30));
  expect(fee).toEqual(usd(4_999));
  expect(refundAfter(usd(9_999), fee)).toEqual(usd(5_000));
});

test('who does not come pays the nights the policy says, at most the stay', () => {
  expect(noShowFee(policy, usd(36_000), 3)).toEqual(usd(12_000));
  expect(noShowFee({ ...policy, noShow: { kind: 'nights', nights: 5 } }, usd(36_000), 3)).toEqual(
    usd(36_000),
  );
  expect(noShowFee({ ...policy, noShow: { kind: 'percent', percent: 80 } }, usd(36_000), 3)).toEqual(
    usd(28_800),
  );
});
