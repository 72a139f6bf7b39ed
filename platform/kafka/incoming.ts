import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { IncomingMessage } from './port';

/** A message as the port hands it on. */
export function incoming(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  return {
    topic,
    partition,
    offset: message.offset,
    timestamp: Number(message.timestamp),
    key: message.key?.toString('utf8'),
    value: message.value?.toString('utf8'),
    headers: textHeaders(message.headers ?? {}),
  };
}

/** A header may come more than once; the last one counts, as with the Java client's `lastHeader`. */
function textHeaders(headers: IHeaders): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) text[name] = last.toString();
  }
  return text;
}
