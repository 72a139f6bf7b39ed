import { z } from 'zod';
import { TOPICS, type TopicRenames, type TopicWord, topicName } from '../../domain/topics';
import type { IncomingMessage } from '../../platform/kafka/port';
import type { Event, TopicSchemas } from './group';

/** Why a message is none that a handler could get. Trying again would change nothing. */
export type Misfit = 'not-an-event' | 'not-json' | 'unfit';

export type Opened =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'misfit'; readonly reason: Misfit; readonly error: string };

/** CloudEvents in binary mode. `ce_time` is a must here: the inbox is kept by its day. */
const headersSchema = z.object({
  ce_id: z.string().min(1),
  ce_type: z.string().min(1),
  ce_time: z.iso.datetime({ offset: true }),
  ce_factid: z.string().min(1).optional(),
});

/** Reads messages of a group's topics as its events. */
export class Envelopes {
  private readonly words: ReadonlyMap<string, string>;

  constructor(
    private readonly schemas: TopicSchemas,
    renames: TopicRenames,
  ) {
    this.words = new Map(Object.keys(schemas).map((word) => [nameOf(word, renames), word]));
  }

  /** The topics to read, as this environment calls them. */
  get topics(): string[] {
    return [...this.words.keys()];
  }

  /** Checks envelope and message. */
  open(message: IncomingMessage): Opened {
    const word = this.words.get(message.topic) ?? message.topic;
    const schema = this.schemas[word];
    if (!schema) return misfit('unfit', `no schema for the topic ${message.topic}`);
    const headers = headersSchema.safeParse(message.headers);
    if (!headers.success) return misfit('not-an-event', `headers: ${inWords(headers.error)}`);
    if (message.value === undefined) return misfit('not-json', 'the message has no value');
    let value: unknown;
    try {
      value = JSON.parse(message.value);
    } catch (error) {
      return misfit('not-json', (error as SyntaxError).message);
    }
    const checked = schema.safeParse(value);
    if (!checked.success) return misfit('unfit', inWords(checked.error));
    const { ce_id, ce_type, ce_time, ce_factid } = headers.data;
    return {
      kind: 'event',
      event: {
        topic: word,
        message: checked.data,
        eventId: ce_id,
        factId: ce_factid ?? ce_id,
        type: ce_type,
        time: new Date(ce_time).toISOString(),
        key: message.key,
      },
    };
  }
}

function nameOf(word: string, renames: TopicRenames): string {
  return word in TOPICS ? topicName(word as TopicWord, renames) : word;
}

function misfit(reason: Misfit, error: string): Opened {
  return { kind: 'misfit', reason, error };
}

/** Which fields, and what is wrong with them; not what they hold. */
function inWords(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'the message'}: ${message}`).join('; ');
}
