import { eventIdOf } from '../../domain/event-id';
import { stayIn } from '../../domain/fact-details';
import { propertyIdOf, roomTypeOf } from '../../domain/hotel';
import type { ItemFactType } from '../../domain/item-fact';
import { asMidnightUtc } from '../../domain/stay-dates';
import { TOPICS } from '../../domain/topics';
import { type ToldItemFact, UntellableFact } from '../told-fact';
import type { DialectMessage } from './dialect';

type Say = (told: ToldItemFact) => DialectMessage[];

/** Listeners know an item by its nights and its prices; what else its owner changed they never heard of. */
const UNTOLD: Say = () => [];

const SAYINGS: Readonly<Record<ItemFactType, Say>> = {
  'item.created': UNTOLD,
  'item.changed': UNTOLD,
  'availability.closed': (told) => [availability(told, 'closed')],
  'availability.opened': (told) => [availability(told, 'opened')],
  'rate.updated': (told) => [rate(told)],
};

/**
 * What a fact about an item is told as: on the hotel's topics, for the items of every system, keyed by property.
 * @throws {UntellableFact} where an availability fact does not say which nights
 */
export function sayOfItem(told: ToldItemFact): DialectMessage[] {
  return SAYINGS[told.fact.type](told);
}

/** The nights of `[checkIn, checkOut)` that were taken off sale or put back. No `quantity`: all of the item. */
function availability(told: ToldItemFact, change: 'closed' | 'opened'): DialectMessage {
  const { fact } = told;
  const stay = stayIn(fact.details.stay);
  if (!stay) throw new UntellableFact(`${fact.type} of item ${fact.itemId} names no nights in details.stay`);
  return itemMessage(TOPICS.availabilityUpdated.name, told, {
    stayDetails: {
      roomType: roomTypeOf(fact.itemId) ?? null,
      checkIn: asMidnightUtc(stay.start),
      checkOut: asMidnightUtc(stay.end),
    },
    change,
    quantity: null,
    ...told.item.places,
  });
}

/** The details are the rate's own: what of it changed, as whoever changed it wrote it down. */
function rate(told: ToldItemFact): DialectMessage {
  return itemMessage(TOPICS.rateUpdated.name, told, { pricingDetails: told.fact.details });
}

/** Beside the bookings' messages on the same topics: no booking, so neither its id nor a state of it. */
function itemMessage(
  topic: string,
  { fact, item }: ToldItemFact,
  details: Readonly<Record<string, unknown>>,
): DialectMessage {
  const propertyId = propertyIdOf(fact.itemId);
  return {
    topic,
    key: propertyId,
    type: topic,
    value: {
      eventId: eventIdOf(fact.factId, topic),
      eventType: topic,
      timestamp: fact.at,
      confirmationNumber: null,
      system: item.system,
      propertyId,
      itemId: fact.itemId,
      ...details,
      updatedBy: fact.actorId,
      sequence: fact.version,
    },
  };
}
