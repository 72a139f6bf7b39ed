import type { Money } from './money';
import { parseCalendarDate, type Stay } from './stay-dates';

/*
 * What the facts of the event log carry besides, read back from JSON: undefined where a fact of an earlier release
 * does not have it.
 */

export function moneyIn(value: unknown): Money | undefined {
  if (!isRecord(value)) return undefined;
  const { amount, currency } = value;
  return typeof amount === 'number' && typeof currency === 'string' ? { amount, currency } : undefined;
}

export function stayIn(value: unknown): Stay | undefined {
  if (!isRecord(value)) return undefined;
  const start = typeof value.start === 'string' ? parseCalendarDate(value.start) : undefined;
  const end = typeof value.end === 'string' ? parseCalendarDate(value.end) : undefined;
  return start && end ? { start, end } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
