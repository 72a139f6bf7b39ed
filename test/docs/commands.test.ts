import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pages } from '../../scripts/docs';

const ROOT = join(__dirname, '..', '..');
const TOOLS = ['dlq', 'lag', 'rebuild', 'republish', 'topics', 'watch'];

/** How the commands are written in the documentation: each line with what comes after the command's name. */
const written = [...pages(), { text: readFileSync(join(ROOT, 'README.md'), 'utf8') }].flatMap(({ text }) =>
  [...text.matchAll(/npm run (?:-s )?([a-z-]+)(?: -- ([^`#\n]*))?/g)].map(([, tool = '', words = '']) => ({
    tool,
    words,
  })),
);

test.each(TOOLS)(
  '%s explains itself without Kafka or a database, and knows every option that is written of it',
  async (tool) => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(ROOT, 'dist', 'scripts', `${tool}.js`), '--help'],
      {
        env: {
          PATH: process.env.PATH,
          KAFKA_BROKERS: '127.0.0.1:1',
          DATABASE_URL: 'postgresql://127.0.0.1:1/none',
        },
      },
    );
    expect(stdout).toMatch(new RegExp(`^Usage: npm run (-s )?${tool}\\b`));
    expect(stderr).toBe('');
    const options = written
      .filter((one) => one.tool === tool)
      .flatMap(({ words }) => words.match(/--[a-z][a-z-]*/g) ?? []);
    expect([...new Set(options)].filter((option) => !stdout.includes(option))).toEqual([]);
  },
);

test('each of them is written of', () => {
  const named = new Set(written.map(({ tool }) => tool));
  expect(TOOLS.filter((tool) => !named.has(tool))).toEqual([]);
});
