import { type Money, share, subtract } from './money';

/** Cancelled at least so many hours before check-in, this share of the price is not charged. */
export interface CancellationTier {
  readonly hoursBefore: number;
  /** 0 to 100. */
  readonly refundPercent: number;
}

/** What a guest who does not come pays: a share of the price, or the price of the first nights. */
export type NoShowFee =
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'nights'; readonly nights: number };

/**
 * What it costs a guest to cancel a confirmed booking, or not to come. A cancel by the owner or by the system costs
 * the guest nothing, and neither does one before the booking is confirmed.
 */
export interface CancellationPolicy {
  /** In any order. Later than the last of them, nothing is refunded. */
  readonly tiers: readonly CancellationTier[];
  readonly noShow: NoShowFee;
}

const HOUR_MS = 3_600_000;

/**
 * The part of `price` that is kept when the guest cancels. Fractions of the minor unit fall to the guest.
 *
 * @param checkInAt @param at milliseconds since the epoch. They are instants, so a change of the clocks in between
 *   makes no hour longer.
 */
export function cancellationFee(
  policy: CancellationPolicy,
  price: Money,
  checkInAt: number,
  at: number,
): Money {
  const reached = policy.tiers.filter(({ hoursBefore }) => checkInAt - at >= hoursBefore * HOUR_MS);
  const refundPercent = Math.max(0, ...reached.map((tier) => tier.refundPercent));
  return share(price, 100 - refundPercent);
}

/**
 * The part of `price` that is kept when the guest never came.
 *
 * @param nights how many the stay has
 */
export function noShowFee({ noShow }: CancellationPolicy, price: Money, nights: number): Money {
  if (noShow.kind === 'percent') return share(price, noShow.percent);
  return { ...price, amount: Math.floor((price.amount * Math.min(noShow.nights, nights)) / nights) };
}

/** What is left of `price` once `fee` is kept. */
export function refundAfter(price: Money, fee: Money): Money {
  return subtract(price, fee);
}
