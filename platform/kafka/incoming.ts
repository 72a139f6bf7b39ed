import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { IncomingMessage, WireMessage } from './port';

/** A message as the port hands it on. */
export function incoming(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  const headers = valuesOf(message.headers ?? {});
  return {
    topic,
    partition,
    offset: message.offset,
    timestamp: Number(message.timestamp),
    key: message.key?.toString('utf8'),
    value: message.value?.toString('utf8'),
    headers: textHeaders(headers),
    raw: { key: message.key, value: message.value, headers },
  };
}

/** The library reads a header without a value as null, against its types, and cannot write one: it becomes empty. */
function valuesOf(headers: IHeaders): WireMessage['headers'] {
  const filled = (value: Buffer | string | null | undefined) => value ?? '';
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(filled) : filled(value),
    ]),
  );
}

/** A header may come more than once; the last one counts, as with the Java client's `lastHeader`. */
function textHeaders(headers: WireMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      (Array.isArray(value) ? (value.at(-1) ?? '') : value).toString(),
    ]),
  );
}
