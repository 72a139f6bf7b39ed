import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { projectRoot } from '../../scripts/stack/folders';
import { runTool } from '../../scripts/stack/run-tool';

/** A message as a client of another make read it. */
export interface ReadMessage {
  readonly topic: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** As it was on the wire. */
  readonly payload: string | null;
}

/** What kcat writes of a message with -J: headers as names and values by turns. */
interface KcatLine extends Omit<ReadMessage, 'headers'> {
  readonly headers?: readonly string[];
}

/**
 * Reads a topic from its beginning to its end with kcat, which shares nothing with the product.
 * @throws {Error} saying why kcat is missing, or what it said
 */
export async function readAsStranger(brokers: readonly string[], topic: string): Promise<ReadMessage[]> {
  const { KCAT, KCAT_MISSING } = process.env;
  if (!KCAT) throw new Error(`no kcat: ${KCAT_MISSING ?? 'run this with `npm test`'}`);
  const read = await runTool(KCAT, [
    '-C',
    '-b',
    brokers.join(),
    '-t',
    topic,
    '-o',
    'beginning',
    '-e',
    '-q',
    '-J',
  ]);
  return read
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { headers = [], ...message } = JSON.parse(line) as KcatLine;
      const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : []));
      return { ...message, headers: Object.fromEntries(pairs) as Record<string, string> };
    });
}

/**
 * Runs the kcat command of docs/listeners.md as it is written there, but for brokers, group and topics, until it has
 * written so many lines.
 * @throws {Error} saying why kcat is missing, or what it said instead
 */
export async function listenByTheGuide(
  brokers: readonly string[],
  topics: readonly string[],
  lines: number,
): Promise<string[]> {
  const { KCAT, KCAT_MISSING } = process.env;
  if (!KCAT) throw new Error(`no kcat: ${KCAT_MISSING ?? 'run this with `npm test`'}`);
  const guide = readFileSync(join(projectRoot, 'docs', 'listeners.md'), 'utf8');
  const [, options = ''] = /^kcat (.*') booking-requests booking-updates$/m.exec(guide) ?? [];
  if (!options.includes('-b 127.0.0.1:9092') || !options.includes('-G my-listener')) {
    throw new Error(`docs/listeners.md has no such command of kcat any more: ${options}`);
  }
  const here = options
    .replace('127.0.0.1:9092', brokers.join())
    .replace('my-listener', `my-listener-${randomUUID()}`);
  const child = spawn('sh', ['-c', `exec "$0" ${here} "$@"`, KCAT, ...topics]);
  let [out, said] = ['', ''];
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdout.on('data', (chunk) => {
    out += chunk;
    // It listens on until it is told to stop.
    if (out.split('\n').length > lines) child.kill();
  });
  await once(child, 'close');
  const read = out.split('\n').filter(Boolean);
  if (read.length < lines) throw new Error(`kcat ended: ${said}`);
  return read;
}

/** An AsyncAPI document, as much of it as it takes to listen by. */
export interface AsyncApi {
  readonly channels: Readonly<Record<string, { readonly address: string }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** Holds messages to the schemas that an AsyncAPI document publishes. */
export class PublishedSchemas {
  private readonly ajv = new Ajv2020({ strictTypes: false, formats: { 'date-time': true, date: true } });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: AsyncApi) {}

  /** What is wrong with it; undefined: nothing. */
  misfit(schema: string, value: unknown): string | undefined {
    const fits =
      this.compiled.get(schema) ?? this.ajv.compile(this.document.components.schemas[schema] ?? false);
    this.compiled.set(schema, fits);
    return fits(value) ? undefined : this.ajv.errorsText(fits.errors);
  }
}
