import { agreementIn, type ToldAgreement } from '../domain/agreement';
import { ACTORS, type BookingFact, REASON_CODES } from '../domain/booking';
import { BOOKING_STATES, FACT_TYPES, UNDO_STATUSES, UNOPENED } from '../domain/booking-state';
import type { BookingId, FactId, ItemId, OwnerId, TravelerId } from '../domain/ids';
import { ITEM_KINDS, type ItemKind, type Places, SYSTEMS, type System } from '../domain/item';
import { ITEM_FACT_TYPES, type ItemFact } from '../domain/item-fact';
import type { Money } from '../domain/money';
import type { QuoteItems } from '../domain/rates/quote';
import { parseCalendarDate, type Stay } from '../domain/stay-dates';
import type { BookingColumns, BookingRow, ItemRow } from './outbox-queries';

/**
 * What a dialect may say of the booking besides the fact: what was agreed when the fact came about, however late it is
 * told. Only `guest` and `bookingDetails` may name people.
 */
export interface ToldBooking {
  readonly bookingId: BookingId;
  readonly system: System;
  readonly itemId: ItemId;
  readonly itemKind: ItemKind;
  readonly itemName: string;
  readonly ownerId: OwnerId;
  readonly travelerId: TravelerId;
  readonly stay: Stay;
  readonly guests: number;
  readonly quantity: number;
  readonly price: Money;
  /** The rate plan of the price. Absent: the item's nightly price. */
  readonly ratePlan?: string;
  /** What the price is made of. Absent: every night costs the same. */
  readonly quote?: QuoteItems;
  /** Of the invoice that came with this very fact. */
  readonly invoiceNumber?: string;
  /** By item, of those that a fact about nights may name; see {@link Places}. */
  readonly places?: Readonly<Record<string, Places>>;
  /** Of a hotel's booking. */
  readonly confirmationNumber?: string;
  /** Personal data as it is now: absent where a dialect has no use for it, nulls where nothing is known or it was erased. */
  readonly guest?: { readonly name: string | null; readonly email: string | null };
  /** What the traveler said of the journey, as it is now; empty where nothing was said or it has been erased. */
  readonly bookingDetails: Readonly<Record<string, unknown>>;
}

/** The canonical event, with the booking it happened to. */
export interface ToldFact {
  readonly fact: BookingFact;
  readonly booking: ToldBooking;
}

/** A fact about an item, with the item it happened to. */
export interface ToldItemFact {
  readonly fact: ItemFact;
  readonly item: {
    readonly itemId: ItemId;
    readonly system: System;
    readonly itemKind: ItemKind;
    readonly itemName: string;
    readonly ownerId: OwnerId;
    readonly places?: Places;
  };
}

/** A row that cannot be told to anyone, because what it holds is not of this product. */
export class UntellableFact extends Error {
  override readonly name = 'UntellableFact';
}

/**
 * Reads a row as the canonical event.
 * @throws {UntellableFact} naming the column that holds something unknown
 */
export function toldFact(row: BookingRow): ToldFact {
  const { fact, booking } = row;
  if (!fact || !booking) throw new UntellableFact(`fact ${row.fact_id} or its booking is missing`);
  const agreed = agreedAt(row, booking);
  const bookingId = row.booking_id as BookingId;
  const code = fact.reason_code;
  return {
    fact: {
      factId: row.fact_id as FactId,
      type: oneOf(FACT_TYPES, fact.type, 'type'),
      bookingId,
      sequence: fact.sequence,
      fromState: oneOf([...BOOKING_STATES, UNOPENED] as const, fact.from_state, 'from_state'),
      state: oneOf(BOOKING_STATES, fact.state, 'state'),
      undo: oneOf(UNDO_STATUSES, fact.undo, 'undo'),
      actor: oneOf(ACTORS, fact.actor, 'actor'),
      ...(code === null
        ? {}
        : { reason: { code: oneOf(REASON_CODES, code, 'reason_code'), text: fact.reason ?? code } }),
      details: fact.details,
      attempts: fact.attempts,
      at: fact.at,
    },
    booking: {
      bookingId,
      system: oneOf(SYSTEMS, booking.system, 'system'),
      itemId: agreed.itemId,
      itemKind: oneOf(ITEM_KINDS, booking.item_kind, 'item_kind'),
      itemName: agreed.itemName,
      ownerId: booking.owner_id as OwnerId,
      travelerId: booking.traveler_id as TravelerId,
      stay: agreed.stay,
      guests: agreed.guests,
      quantity: agreed.quantity,
      price: agreed.price,
      ...(agreed.rate && { ratePlan: agreed.rate.plan }),
      ...(row.quote && { quote: row.quote }),
      ...(row.invoice_number && { invoiceNumber: row.invoice_number }),
      ...(row.places && { places: row.places }),
      ...(booking.confirmation_number && { confirmationNumber: booking.confirmation_number }),
      ...(row.guest && { guest: row.guest }),
      bookingDetails: row.details ?? {},
    },
  };
}

/** What was agreed when the fact came about: what its first change since then replaced, or what the booking is now. */
function agreedAt({ former }: BookingRow, booking: BookingColumns): ToldAgreement {
  if (former === null || former === undefined) {
    return {
      itemId: booking.item_id as ItemId,
      itemName: booking.item_name,
      stay: { start: date(booking.start_date, 'start_date'), end: date(booking.end_date, 'end_date') },
      guests: booking.guests,
      quantity: booking.quantity,
      price: { amount: booking.price_amount, currency: booking.currency },
      ...(booking.rate_plan !== undefined && { rate: { plan: booking.rate_plan } }),
    };
  }
  const agreement = agreementIn(former);
  if (!agreement) throw new UntellableFact('a later change does not say what it replaced');
  return agreement;
}

/**
 * Reads a row about an item.
 * @throws {UntellableFact} naming the column that holds something unknown
 */
export function toldItemFact(row: ItemRow): ToldItemFact {
  const { item_fact: fact, item } = row;
  if (!fact || !item) throw new UntellableFact(`fact ${row.fact_id} or its item is missing`);
  const itemId = row.item_id as ItemId;
  return {
    fact: {
      factId: row.fact_id as FactId,
      type: oneOf(ITEM_FACT_TYPES, fact.type, 'type'),
      itemId,
      version: fact.version,
      actorId: fact.actor_id,
      details: fact.details,
      at: fact.at,
    },
    item: {
      itemId,
      system: oneOf(SYSTEMS, item.system, 'system'),
      itemKind: oneOf(ITEM_KINDS, item.kind, 'kind'),
      itemName: item.name,
      ownerId: item.owner_id as OwnerId,
      ...(item.places && { places: item.places }),
    },
  };
}

function oneOf<Word extends string>(words: readonly Word[], text: string, column: string): Word {
  const word = words.find((known) => known === text);
  if (word === undefined) throw new UntellableFact(`${column} is "${text}"`);
  return word;
}

function date(text: string, column: string): Stay['start'] {
  const day = parseCalendarDate(text);
  if (day === undefined) throw new UntellableFact(`${column} is "${text}", no calendar date`);
  return day;
}
