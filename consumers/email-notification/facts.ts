import { DateTime } from 'luxon';
import type { Actor } from '../../domain/booking';
import type { ItemKind } from '../../domain/item';
import { formatMoney, fromDecimal, type Money } from '../../domain/money';
import { type CalendarDate, countNights } from '../../domain/stay-dates';

/** What the templates say of a booking, in words for people. Names nobody; null where there is nothing to say. */
export interface MailFacts {
  /** The number by which people know it. */
  readonly reference: string;
  readonly item: string;
  /** `Sun 28 Mar 2027 to Wed 31 Mar 2027 (3 nights)` */
  readonly dates: string;
  readonly guests: string;
  readonly price: string;
  /** By when the owner has to decide, in the item's own time zone. */
  readonly decideBy: string | null;
  /** By when there has to be a card. */
  readonly payBy: string | null;
  /** Why it ended, in the words of whoever ended it. */
  readonly reason: string | null;
  readonly byTraveler: boolean;
  readonly byOwner: boolean;
}

/** A booking as the messages and its row have it. Instants are ISO 8601 UTC. */
export interface BookingTold {
  readonly reference: string;
  readonly item: string;
  readonly itemKind: ItemKind;
  readonly start: CalendarDate;
  /** The day of leaving. */
  readonly end: CalendarDate;
  readonly guests: number;
  readonly price: Money;
  readonly timeZone: string;
  readonly decideBy: string;
  readonly payBy: string | null;
  readonly reason?: string | undefined;
  readonly updatedBy?: Actor;
}

export function mailFacts(told: BookingTold): MailFacts {
  const instant = (at: string | null) =>
    at && DateTime.fromISO(at, { zone: told.timeZone }).toFormat(INSTANT, EN);
  return {
    reference: told.reference,
    item: told.item,
    dates: datesOf(told),
    guests: counted(told.guests, 'person', 'people'),
    price: formatMoney(told.price),
    decideBy: instant(told.decideBy),
    payBy: instant(told.payBy),
    reason: told.reason ?? null,
    byTraveler: told.updatedBy === 'TRAVELER',
    byOwner: told.updatedBy === 'OWNER',
  };
}

/** A message's price: its currency is the booking's. */
export function priceTold(decimal: number, currency: string): Money {
  return fromDecimal(decimal, currency);
}

const EN = { locale: 'en' };
const DAY = 'ccc d LLL yyyy';
const INSTANT = `${DAY}, HH:mm (z)`;

function datesOf({ itemKind, start, end }: BookingTold): string {
  // A calendar date is no instant: read and written in one zone it stays the day it is.
  const day = (date: CalendarDate) => DateTime.fromISO(date, { zone: 'utc' }).toFormat(DAY, EN);
  switch (itemKind) {
    case 'flight':
      return day(start);
    case 'car':
      return `${day(start)} to ${day(end)}`;
    case 'property':
    case 'room':
      return `${day(start)} to ${day(end)} (${counted(countNights({ start, end }), 'night', 'nights')})`;
    default:
      return itemKind satisfies never;
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
