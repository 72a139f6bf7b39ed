import { ageInWords, type Format, type Line } from '../listing';
import type { KnownLetter } from './letters';

/** A letter as a line of a listing: words for people, exact for machines. */
export function lineOf({ letter, settlement }: KnownLetter, format: Format, now: number): Line {
  const { id, groupId, reason, error, parkedAt, message } = letter;
  const place = `${message.topic}/${message.partition}/${message.offset}`;
  const done = settlement && `${settlement.outcome} by ${settlement.by}: ${settlement.note}`;
  return {
    letter: id,
    group: groupId,
    reason,
    type: message.headers.ce_type ?? null,
    key: message.key ?? null,
    from: place,
    ...(format === 'table'
      ? { age: ageInWords(now - parkedAt) }
      : { parkedAt: new Date(parkedAt).toISOString(), error }),
    ...(settlement || format !== 'table' ? { settled: done ?? null } : {}),
  };
}

/** Everything about a letter, for people: the value laid out where it is JSON. */
export function pageOf({ letter, settlement }: KnownLetter): string {
  const { id, groupId, reason, error, attempts, parkedAt, message } = letter;
  const lines = [
    ['letter', id],
    ['group', groupId],
    ['reason', `${reason}, after ${attempts} tries`],
    ['error', error],
    ['parked', new Date(parkedAt).toISOString()],
    ['from', `${message.topic}, partition ${message.partition}, offset ${message.offset}`],
    ['key', message.key ?? '(none)'],
    ...(settlement
      ? [
          [
            'settled',
            `${settlement.outcome} ${settlement.at.toISOString()} by ${settlement.by}: ${settlement.note}`,
          ],
        ]
      : []),
    ...Object.entries(message.headers),
  ];
  const head = lines.map(([name = '', text]) => `${name.padEnd(16)} ${text}`).join('\n');
  return `${head}\n\n${laidOut(message.value)}\n`;
}

/** The same as one line of JSON. */
export function documentOf({ letter, settlement }: KnownLetter): string {
  const { message, parkedAt, ...rest } = letter;
  const { topic, partition, offset, key, value, headers } = message;
  return `${JSON.stringify({
    ...rest,
    parkedAt: new Date(parkedAt).toISOString(),
    origin: { topic, partition, offset },
    key,
    headers,
    value,
    settled: settlement ?? null,
  })}\n`;
}

function laidOut(value: string | undefined): string {
  if (value === undefined) return '(no value)';
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value; // which may be why it is here
  }
}
