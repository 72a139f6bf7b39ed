import fc from 'fast-check';
import type { Money } from '../../domain/money';
import {
  captureParts,
  dueOf,
  feeShares,
  heldOf,
  ImpossibleMove,
  keptOf,
  type MoneyMove,
  moved,
  type PaymentAccount,
  refundParts,
  totalOf,
} from '../../domain/payment-account';

const usd = (amount: number): Money => ({ amount, currency: 'USD' });
const following = (...moves: MoneyMove[]): PaymentAccount => moves.reduce<PaymentAccount>(moved, []);
const authorized = (authorizationId: string, amount: number) =>
  ({ kind: 'authorized', authorizationId, amount: usd(amount) }) as const;
const captured = (authorizationId: string, amount: number) =>
  ({ kind: 'captured', authorizationId, amount: usd(amount) }) as const;
const refunded = (authorizationId: string, amount: number) =>
  ({ kind: 'refunded', authorizationId, amount: usd(amount) }) as const;
const voided = (authorizationId: string) => ({ kind: 'voided', authorizationId }) as const;

/** A deposit of 300.00 taken, and 700.00 held for the rest. */
const DEPOSIT_AND_HOLD = following(authorized('a', 30_000), captured('a', 30_000), authorized('b', 70_000));

describe('one authorization', () => {
  test('captured in part releases the rest', () => {
    const [a] = following(authorized('a', 1_000), captured('a', 400));
    expect(a).toMatchObject({ captured: usd(400), voided: usd(600) });
  });

  test.each<[string, MoneyMove[]]>([
    ['more is captured than is held', [authorized('a', 10), captured('a', 11)]],
    ['it is captured twice', [authorized('a', 10), captured('a', 4), captured('a', 4)]],
    ['it is captured after it was voided', [authorized('a', 10), voided('a'), captured('a', 1)]],
    [
      'more is refunded than was captured',
      [authorized('a', 10), captured('a', 4), refunded('a', 3), refunded('a', 2)],
    ],
    ['it is authorized twice', [authorized('a', 10), authorized('a', 10)]],
    ['it was never authorized', [captured('a', 1)]],
  ])('is a defect where %s', (_, moves) => {
    expect(() => following(...moves)).toThrow(ImpossibleMove);
  });
});

describe('several authorizations', () => {
  test('add up to what is held, kept and due', () => {
    const account = moved(DEPOSIT_AND_HOLD, refunded('a', 5_000));
    expect(totalOf(account, usd(0), heldOf)).toEqual(usd(70_000));
    expect(totalOf(account, usd(0), keptOf)).toEqual(usd(25_000));
    expect(dueOf(account, usd(100_000))).toEqual(usd(75_000));
    expect(dueOf(account, usd(10_000))).toEqual(usd(0));
  });

  test('are refunded from the newest capture on', () => {
    const account = moved(DEPOSIT_AND_HOLD, captured('b', 70_000));
    expect(refundParts(account, usd(80_000))).toEqual([
      { authorizationId: 'b', amount: usd(70_000) },
      { authorizationId: 'a', amount: usd(10_000) },
    ]);
    expect(() => refundParts(account, usd(100_001))).toThrow(ImpossibleMove);
  });

  test('are captured from the oldest hold on', () => {
    const account = following(authorized('a', 100), authorized('b', 100));
    expect(captureParts(account, usd(150))).toEqual([
      { authorizationId: 'a', amount: usd(100) },
      { authorizationId: 'b', amount: usd(50) },
    ]);
  });

  test.each([
    ['no fee: all goes back', 0, { a: [0, 30_000], b: [0, 0] }],
    ['a fee smaller than the deposit is kept of it', 10_000, { a: [0, 20_000], b: [0, 0] }],
    ['a larger one is taken from the hold besides', 50_000, { a: [0, 0], b: [20_000, 0] }],
  ])('are ended with %s', (_, fee, expected) => {
    const shares = feeShares(DEPOSIT_AND_HOLD, usd(fee));
    const byId = shares.map((share) => [share.authorizationId, [share.capture.amount, share.refund.amount]]);
    expect(Object.fromEntries(byId)).toEqual(expected);
  });
});

describe('whatever is done', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const amount = fc.integer({ min: 0, max: 500 }).map(usd);
  const move: fc.Arbitrary<MoneyMove> = fc.oneof(
    fc.record({ kind: fc.constant('authorized' as const), authorizationId: id, amount }),
    fc.record({ kind: fc.constant('captured' as const), authorizationId: id, amount }),
    fc.record({ kind: fc.constant('voided' as const), authorizationId: id }),
    fc.record({ kind: fc.constant('refunded' as const), authorizationId: id, amount }),
  );
  /** Of any moves, those that were possible. */
  const account = fc.array(move, { maxLength: 20 }).map((moves) =>
    moves.reduce<PaymentAccount>((before, each) => {
      try {
        return moved(before, each);
      } catch (error) {
        if (error instanceof ImpossibleMove) return before;
        throw error;
      }
    }, []),
  );
  const sum = (amounts: readonly { readonly amount: Money }[]) =>
    amounts.reduce((all, each) => all + each.amount.amount, 0);

  test('each authorization is captured, voided or still held to the cent, and no more is refunded than captured', () => {
    fc.assert(
      fc.property(account, (authorizations) => {
        for (const each of authorizations) {
          const held = heldOf(each).amount;
          expect(held).toBeGreaterThanOrEqual(0);
          expect(each.captured.amount + each.voided.amount + held).toBe(each.authorized.amount);
          expect(each.refunded.amount).toBeLessThanOrEqual(each.captured.amount);
        }
      }),
    );
  });

  test('a refund or a capture is spread to the cent over what has room for it', () => {
    fc.assert(
      fc.property(account, fc.nat({ max: 100 }), (authorizations, percent) => {
        const kept = Math.floor((totalOf(authorizations, usd(0), keptOf).amount * percent) / 100);
        const held = Math.floor((totalOf(authorizations, usd(0), heldOf).amount * percent) / 100);
        const refunds = refundParts(authorizations, usd(kept));
        expect(sum(refunds)).toBe(kept);
        expect(sum(captureParts(authorizations, usd(held)))).toBe(held);
        // Each part is possible, one after the other.
        refunds.reduce((before, part) => moved(before, { kind: 'refunded', ...part }), authorizations);
      }),
    );
  });

  test('an ending keeps exactly its fee', () => {
    fc.assert(
      fc.property(account, fc.nat({ max: 100 }), (authorizations, percent) => {
        const kept = totalOf(authorizations, usd(0), keptOf).amount;
        const held = totalOf(authorizations, usd(0), heldOf).amount;
        const fee = Math.floor(((kept + held) * percent) / 100);
        const shares = feeShares(authorizations, usd(fee));
        const ended = shares.reduce(
          (before, { authorizationId, capture, refund }) =>
            moved(moved(before, { kind: 'captured', authorizationId, amount: capture }), {
              kind: 'refunded',
              authorizationId,
              amount: refund,
            }),
          authorizations,
        );
        expect(totalOf(ended, usd(0), keptOf).amount).toBe(fee);
        expect(totalOf(ended, usd(0), heldOf).amount).toBe(0);
      }),
    );
  });
});
