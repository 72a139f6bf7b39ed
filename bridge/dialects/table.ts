import { SYSTEMS, type System } from '../../domain/item';
import type { TopicRenames } from '../../domain/topics';
import type { ToldFact } from '../told-fact';
import type { DialectMessage, Dialects } from './dialect';
import { hotelDialect } from './hotel';
import { moneyAndNightsDialect } from './money-and-nights';
import { ratesDialect } from './rates';
import { staysDialect } from './stays';
import { travelDialect } from './travel';

/** Every dialect there is. Another system's comes in here. */
export function allDialects(renames: TopicRenames): Dialects {
  return { stays: staysDialect(renames), travel: travelDialect, hotel: hotelDialect };
}

/** A setting of TOPIC_DIALECTS that names no system. */
export class UnknownDialect extends Error {
  override readonly name = 'UnknownDialect';
}

/**
 * Checks the names of TOPIC_DIALECTS.
 * @throws {UnknownDialect}
 */
export function parseDialects(names: readonly string[]): System[] {
  return names.map((name) => {
    const system = SYSTEMS.find((known) => known === name);
    if (!system) {
      throw new UnknownDialect(`TOPIC_DIALECTS: "${name}" is no dialect; there are ${SYSTEMS.join(', ')}`);
    }
    return system;
  });
}

/** What a fact is told as: in its item's system's words, and in every further dialect that is switched on. */
export function sayIn(dialects: Dialects, further: readonly System[], told: ToldFact): DialectMessage[] {
  const systems = new Set<System>([told.booking.system, ...further]);
  return [...systems].flatMap((system) => dialects[system]?.(told) ?? []);
}

/** All that a fact is told as: in the systems' words, and what is told of money, nights and rates whatever the system. */
export function sayAll(dialects: Dialects, further: readonly System[], told: ToldFact): DialectMessage[] {
  return [...sayIn(dialects, further, told), ...moneyAndNightsDialect(told), ...ratesDialect(told)];
}
