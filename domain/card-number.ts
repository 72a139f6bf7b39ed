/** 13 to 19 digits, the lengths of ISO/IEC 7812, alone or in groups; no international telephone number. */
const CANDIDATE = /(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)/g;

/** Whether a text is nothing but what could be a card's number. */
export function isOnlyDigitsOfCardLength(text: string): boolean {
  return /^\d{13,19}$/.test(text.replace(/[\s.-]/g, ''));
}

/**
 * Whether a card's number stands anywhere in a text. Lengths alone would refuse ticket and telephone numbers and
 * instants in milliseconds, so the issuer's first digit and the check digit (Luhn) must fit too.
 */
export function holdsCardNumber(text: string): boolean {
  return [...text.matchAll(CANDIDATE)].some(([run]) => isCardNumber(run.replace(/[ -]/g, '')));
}

function isCardNumber(digits: string): boolean {
  return /^[2-6]/.test(digits) && hasCheckDigit(digits);
}

function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
