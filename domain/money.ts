/** An amount in minor units (cents) of an ISO 4217 currency; always a safe integer. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Currencies whose minor unit is not a hundredth. Source: ISO 4217, list one. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/** An amount that is no money: not finite, more digits than its currency has, or too large. */
export class BadAmount extends Error {
  override readonly name = 'BadAmount';
}

/**
 * Reads a decimal number of the wire (`299.99`) as minor units, exactly.
 * @throws {BadAmount} where the number has more digits than the currency, or is not a safe amount.
 */
export function fromDecimal(decimal: number, currency: string): Money {
  const digits = minorDigits(currency);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(decimal));
  const fraction = match?.[3] ?? '';
  if (!match || fraction.length > digits) {
    throw new BadAmount(`${decimal} is not an amount in ${currency}, which has ${digits} decimal digits`);
  }
  const amount = Number(`${match[1]}${match[2]}${fraction.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(amount)) throw new BadAmount(`${decimal} ${currency} is too large`);
  return { amount, currency };
}

/** The decimal number that stands for this money on the wire. */
export function toDecimal(money: Money): number {
  return Number((money.amount / 10 ** minorDigits(money.currency)).toFixed(minorDigits(money.currency)));
}

/** For people: `300.00 USD`. */
export function formatMoney(money: Money): string {
  return `${(money.amount / 10 ** minorDigits(money.currency)).toFixed(minorDigits(money.currency))} ${money.currency}`;
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}

/** `money` taken `times` times; `times` is a whole number. */
export function multiply(money: Money, times: number): Money {
  return { amount: money.amount * times, currency: money.currency };
}

/** `percent` of `money`; fractions of the minor unit are dropped. */
export function share(money: Money, percent: number): Money {
  return { ...money, amount: Math.floor((money.amount * percent) / 100) };
}

/** The part of `money` that so many hundredths of a percent are; fractions of the minor unit are dropped. */
export function basisPoints(money: Money, points: number): Money {
  return { ...money, amount: Math.floor((money.amount * points) / 10_000) };
}

/** @throws {TypeError} for two currencies, which is a defect */
export function add(a: Money, b: Money): Money {
  return { amount: a.amount + sameCurrency(a, b).amount, currency: a.currency };
}

/** @throws {TypeError} for two currencies, which is a defect */
export function subtract(a: Money, b: Money): Money {
  return { amount: a.amount - sameCurrency(a, b).amount, currency: a.currency };
}

/** @throws {TypeError} for two currencies, which is a defect */
export function least(a: Money, b: Money): Money {
  return a.amount <= sameCurrency(a, b).amount ? a : b;
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new TypeError(`${a.currency} and ${b.currency} do not add up`);
  return b;
}
