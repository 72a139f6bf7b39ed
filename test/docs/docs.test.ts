import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fill, PART_NAMES, pages } from '../../scripts/docs';

const ROOT = join(__dirname, '..', '..');
const nameOf = (file: string) => relative(ROOT, file);

const generated = pages().filter(({ text }) => text.includes('<!-- generated'));
const beside = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((name) => join(ROOT, name));
const written = [...pages(), ...beside.map((file) => ({ file, text: readFileSync(file, 'utf8') }))];

test.each(generated.map(({ file, text }) => [nameOf(file), text]))(
  '%s says what the code says; if not: npm run docs',
  async (_name, text) => {
    expect(text).toBe(await fill(text));
  },
);

test('every generated part is shown somewhere', () => {
  const shown = generated.flatMap(({ text }) =>
    [...text.matchAll(/<!-- generated: (.*?) -->/g)].map(([, name]) => name),
  );
  expect(shown.sort()).toEqual([...PART_NAMES].sort());
});

test('a page that was changed by hand, and a marker that names nothing, are noticed', async () => {
  const page = '<!-- generated: test-tokens -->\nby hand\n<!-- end -->\n';
  expect(await fill(page)).toContain('`tok_approved`');
  await expect(fill(page.replace('test-tokens', 'tokens'))).rejects.toThrow('no generated part "tokens"');
  await expect(fill(page.replace('end', 'fin'))).rejects.toThrow('no `<!-- end -->`');
});

/** As the web shows headings: lower case, no punctuation, blanks as dashes. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(written.map(({ file, text }) => [nameOf(file), file, text]))(
  'every link in %s leads somewhere',
  (_name, file, text) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
    const dead = links.filter((to) => {
      if (/^https?:/.test(to)) return false;
      const [path = '', anchor] = to.split('#');
      const target = path === '' ? file : join(dirname(file), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(dead).toEqual([]);
  },
);

test.each(written.map(({ file, text }) => [nameOf(file), text]))(
  'every npm command in %s exists',
  (_name, text) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  },
);

test('no route stands twice in the table of routes', () => {
  const api = readFileSync(join(ROOT, 'docs', 'api.md'), 'utf8');
  const [, table = ''] = api.split(/^## Routes$/m);
  const routes = [...(table.split(/^## /m)[0] ?? '').matchAll(/^\| (`.*?) \|/gm)].map(([, route = '']) =>
    route.trim(),
  );
  expect(routes.length).toBeGreaterThan(20);
  expect(routes.filter((route, at) => routes.indexOf(route) !== at)).toEqual([]);
});
