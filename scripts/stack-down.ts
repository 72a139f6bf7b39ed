import { dataFolder } from './stack/folders';
import { isAlive } from './stack/process-identity';
import { endRecorded, isUp, readRecord, SERVICE_NAMES } from './stack/records';

/** `npm run stack:down`: ends the services recorded in the data folder, and no others. */
async function main(): Promise<void> {
  const data = dataFolder();
  const lines = await Promise.all(
    SERVICE_NAMES.map(async (name) => {
      const record = readRecord(data, name);
      if (!record) return `${name}: none of ours`;
      const { owner } = record;
      if (owner !== 'stack' && isAlive(owner)) {
        return `${name}: belongs to \`npm start\` (pid ${owner.pid}); it ends with that`;
      }
      const wasUp = await isUp(record);
      await endRecorded(data, record);
      return `${name}: ${wasUp ? 'ended' : 'was not running any more'}`;
    }),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
