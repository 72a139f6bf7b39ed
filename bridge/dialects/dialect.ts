import type { System } from '../../domain/item';
import type { ToldFact } from '../told-fact';

/** One message as its listeners know it, before it is wrapped for the wire. */
export interface DialectMessage {
  readonly topic: string;
  readonly key: string;
  /** What the listener's code switches on; also `ce_type`. */
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Says one fact in a system's words: no message where that system's listeners never heard of such a thing. */
export type Dialect = (told: ToldFact) => DialectMessage[];

/** By system. One that is missing sends nothing. */
export type Dialects = Readonly<Partial<Record<System, Dialect>>>;
