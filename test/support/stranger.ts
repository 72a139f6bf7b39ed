import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
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
