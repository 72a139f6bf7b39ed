import { bringUp } from './stack/bring-up';
import { describeStack, formatTable } from './stack/describe';

/** `npm run stack`: brings up Postgres, Kafka and Temporal in the background and returns. */
async function main(): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort(new Error('Interrupted.')));
  }
  const stack = await bringUp({ owner: 'stack', signal: interrupted.signal });
  process.stdout.write(
    `${formatTable(describeStack(stack))}\n\nThey stay up until \`npm run stack:down\`. \`npm start\` uses them as they are.\n`,
  );
}

main().then(
  () => process.exit(0), // the services go on without this process
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  },
);
