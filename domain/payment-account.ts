import { add, least, type Money, subtract } from './money';

/** One authorization and what became of its money. `authorized` = captured + voided + still held, always. */
export interface Authorization {
  readonly authorizationId: string;
  readonly authorized: Money;
  readonly captured: Money;
  /** Held and given back without being taken. */
  readonly voided: Money;
  /** Of what was captured, given back. */
  readonly refunded: Money;
}

/** The money of one booking as its facts tell it: its authorizations, oldest first. */
export type PaymentAccount = readonly Authorization[];

/** What a fact does to the account. */
export type MoneyMove =
  | { readonly kind: 'authorized'; readonly authorizationId: string; readonly amount: Money }
  /** What is left of the hold is released with it: a hold is captured once. */
  | { readonly kind: 'captured'; readonly authorizationId: string; readonly amount: Money }
  /** All that is still held. */
  | { readonly kind: 'voided'; readonly authorizationId: string }
  | { readonly kind: 'refunded'; readonly authorizationId: string; readonly amount: Money };

/** An amount that falls on one authorization. */
export interface AccountPart {
  readonly authorizationId: string;
  readonly amount: Money;
}

/** What a booking that ends does with one authorization: what it takes from the hold, what it gives back. */
export interface FeeShare {
  readonly authorizationId: string;
  readonly capture: Money;
  readonly refund: Money;
}

/** A move that its account cannot make; a defect of whoever recorded it. */
export class ImpossibleMove extends Error {
  override readonly name = 'ImpossibleMove';
}

/**
 * The account after a move.
 * @throws {ImpossibleMove} for an unknown or doubled authorization, or more than there is
 */
export function moved(account: PaymentAccount, move: MoneyMove): PaymentAccount {
  const { authorizationId } = move;
  const found = authorizationIn(account, authorizationId);
  if (move.kind === 'authorized') {
    if (found) throw new ImpossibleMove(`${authorizationId} is authorized already`);
    const none = nothing(move.amount);
    return [
      ...account,
      { authorizationId, authorized: move.amount, captured: none, voided: none, refunded: none },
    ];
  }
  if (!found) throw new ImpossibleMove(`${authorizationId} is not on the account`);
  const after = changed(found, move);
  return account.map((each) => (each === found ? after : each));
}

function changed(before: Authorization, move: Exclude<MoneyMove, { kind: 'authorized' }>): Authorization {
  const held = heldOf(before);
  switch (move.kind) {
    case 'captured':
      if (move.amount.amount > held.amount) throw new ImpossibleMove('more is captured than is held');
      return {
        ...before,
        captured: add(before.captured, move.amount),
        voided: add(before.voided, subtract(held, move.amount)),
      };
    case 'voided':
      return { ...before, voided: add(before.voided, held) };
    case 'refunded':
      if (move.amount.amount > keptOf(before).amount)
        throw new ImpossibleMove('more is refunded than was captured');
      return { ...before, refunded: add(before.refunded, move.amount) };
  }
}

export function authorizationIn(account: PaymentAccount, authorizationId: string): Authorization | undefined {
  return account.find((each) => each.authorizationId === authorizationId);
}

/** What is held of an authorization and not yet taken or given back. */
export function heldOf({ authorized, captured, voided }: Authorization): Money {
  return subtract(subtract(authorized, captured), voided);
}

/** What was captured of an authorization and not refunded. */
export function keptOf({ captured, refunded }: Authorization): Money {
  return subtract(captured, refunded);
}

/** The sum of what `part` finds in each authorization; in the currency of `price` where there is none. */
export function totalOf(account: PaymentAccount, price: Money, part: (each: Authorization) => Money): Money {
  return account.reduce((total, each) => add(total, part(each)), nothing(price));
}

/** What is still to be taken of `price`: nothing where as much was kept. */
export function dueOf(account: PaymentAccount, price: Money): Money {
  return atLeastNothing(subtract(price, totalOf(account, price, keptOf)));
}

/**
 * Which captures `amount` is given back from: the newest first.
 * @throws {ImpossibleMove} where less than that was kept
 */
export function refundParts(account: PaymentAccount, amount: Money): AccountPart[] {
  return spread(account.toReversed(), amount, keptOf);
}

/**
 * Which holds `amount` is taken from: the oldest first.
 * @throws {ImpossibleMove} where less than that is held
 */
export function captureParts(account: PaymentAccount, amount: Money): AccountPart[] {
  return spread(account, amount, heldOf);
}

/**
 * What a booking that ends with `fee` does with each of its authorizations. The fee is kept of what was captured
 * first, since that costs no further move, and only then taken from what is held.
 *
 * @param fee no more than is kept and held
 */
export function feeShares(account: PaymentAccount, fee: Money): FeeShare[] {
  const kept = totalOf(account, fee, keptOf);
  const refunds = refundParts(account, atLeastNothing(subtract(kept, fee)));
  const captures = captureParts(account, atLeastNothing(subtract(fee, kept)));
  const fallsOn = (parts: AccountPart[], id: string) =>
    parts.find(({ authorizationId }) => authorizationId === id)?.amount ?? nothing(fee);
  return account.map(({ authorizationId }) => ({
    authorizationId,
    capture: fallsOn(captures, authorizationId),
    refund: fallsOn(refunds, authorizationId),
  }));
}

function spread(account: PaymentAccount, amount: Money, room: (each: Authorization) => Money): AccountPart[] {
  const parts: AccountPart[] = [];
  let left = amount;
  for (const each of account) {
    const part = least(room(each), left);
    if (part.amount === 0) continue;
    parts.push({ authorizationId: each.authorizationId, amount: part });
    left = subtract(left, part);
  }
  if (left.amount > 0)
    throw new ImpossibleMove(`${left.amount} ${left.currency} more than the account has room for`);
  return parts;
}

function nothing(like: Money): Money {
  return { ...like, amount: 0 };
}

function atLeastNothing(money: Money): Money {
  return money.amount < 0 ? nothing(money) : money;
}
