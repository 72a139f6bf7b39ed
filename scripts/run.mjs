// Starts any command of the product from a fresh clone: `node scripts/run.mjs <command> [args]`.
// Plain JavaScript without dependencies, because nothing is installed or compiled yet when it runs.
// Everything it says goes to stderr, so that a command's own output (a token) stays alone on stdout.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeLock } from './run-lock.mjs';

const NODE = { major: 20, minor: 19 };
const PROGRESS_EVERY_MS = 10_000;
const SOURCES = [
  ...['domain', 'workflows', 'activities', 'api', 'bridge', 'consumers', 'platform'],
  ...['scripts', 'bench', 'test', 'prisma', 'console'],
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => join(root, ...parts);
const say = (line) => process.stderr.write(`${line}\n`);
const fail = (line) => {
  say(line);
  process.exit(1);
};
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const digest = (...parts) => createHash('sha256').update(parts.join('\0')).digest('hex');
const stamp = (file, value) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
};

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE.major || (major === NODE.major && minor >= NODE.minor)) return;
  fail(
    `Node ${NODE.major}.${NODE.minor} or newer is needed, this is ${process.versions.node}.\n` +
      'Get it from https://nodejs.org, or with a version manager: `nvm install 22`, `fnm install 22`, `volta install node@22`.',
  );
}

/**
 * Runs a build step, telling every few seconds that it is still at it. What it wrote is shown when it fails, as far
 * as `lines` allows.
 */
async function step(what, command, args, { env = {}, lines = Number.POSITIVE_INFINITY } = {}) {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(0);
  say(`${what} …`);
  const progress = setInterval(() => say(`${what} … ${seconds()} s`), PROGRESS_EVERY_MS);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close').catch((error) => fail(`${what} could not run: ${error.message}`));
  clearInterval(progress);
  if (code === 0) say(`${what}: done in ${seconds()} s`);
  else say(output.trim().split('\n').slice(0, lines).join('\n'));
  return code === 0;
}

/** Whether what npm last put into node_modules is what the lock file asks for. */
function installedMatchesLock(lock) {
  const installed = read(inRoot('node_modules/.package-lock.json'));
  if (installed === undefined) return false;
  const there = JSON.parse(installed).packages;
  return Object.entries(JSON.parse(lock).packages).every(
    ([path, wanted]) => path === '' || wanted.optional || there[path]?.version === wanted.version,
  );
}

async function install() {
  const lock =
    read(inRoot('package-lock.json')) ?? fail('package-lock.json is missing; is this a whole clone?');
  const stampFile = inRoot('node_modules/.booking-saga/lock');
  if (read(stampFile) === digest(lock)) return;
  if (!installedMatchesLock(lock)) {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    // With NODE_ENV=production in the environment npm would leave out the tools.
    // What is in npm's cache need not be asked for again: the lock file says which versions and what is in them.
    const flags = ['--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    // npm 11 refuses a lock file made where packages for other platforms could not be had; the versions in it are
    // right all the same.
    const installed =
      (await step('Installing packages (npm ci)', npm, ['ci', ...flags], { lines: 4 })) ||
      (await step('Installing packages (npm install)', npm, ['install', '--no-save', ...flags], {
        lines: 30,
      }));
    if (!installed)
      fail('Packages could not be installed, see above. npm needs access to a package registry.');
  }
  stamp(stampFile, digest(lock));
}

async function generatePrisma() {
  const schema = read(inRoot('prisma/schema.prisma'));
  if (schema === undefined) return;
  const version = read(inRoot('node_modules/prisma/package.json')) ?? '{}';
  const wanted = digest(schema, read(inRoot('prisma.config.ts')) ?? '', JSON.parse(version).version);
  const stampFile = inRoot('node_modules/.booking-saga/prisma');
  if (read(stampFile) === wanted && existsSync(inRoot('prisma/generated'))) return;
  const cli = inRoot('node_modules/prisma/build/index.js');
  // The schema engine is only for `prisma migrate`; naming any file keeps Prisma from downloading it.
  const generated = await step('Generating the Prisma client', process.execPath, [cli, 'generate'], {
    env: {
      PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? '/bin/true',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (!generated) fail('`prisma generate` failed, see above.');
  stamp(stampFile, wanted);
}

function listSources(folder, found = []) {
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) listSources(path, found);
    else if (/\.(ts|json)$/.test(entry.name)) {
      const { mtimeMs, size } = statSync(path);
      found.push(`${path}:${mtimeMs}:${size}`);
    }
  }
  return found;
}

async function build() {
  const files = SOURCES.flatMap((room) => listSources(inRoot(room)));
  const wanted = digest(...files, read(inRoot('tsconfig.json')), read(inRoot('package-lock.json')));
  const stampFile = inRoot('dist/.built');
  if (read(stampFile) === wanted) return;
  const tsc = inRoot('node_modules/.bin', process.platform === 'win32' ? 'tsc.cmd' : 'tsc');
  if (await step('Compiling', tsc, ['-p', 'tsconfig.json', '--pretty', 'false']))
    return stamp(stampFile, wanted);
  // Emitted all the same: lets one room be tried while another one is being rebuilt.
  if (process.env.ALLOW_TYPE_ERRORS === '1') return say('Going on despite the type errors above.');
  fail('Compiling failed, see above.');
}

function runCommand(command, args) {
  const script = inRoot('dist/scripts', `${command}.js`);
  if (!existsSync(script)) fail(`There is no command "${command}" (scripts/${command}.ts).`);
  const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${command} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

const [command, ...args] = process.argv.slice(2);
if (!command || !/^[a-z][a-z-]*$/.test(command)) fail('Usage: node scripts/run.mjs <command> [arguments]');
requireNode();
const release = await takeLock(inRoot('.data', 'build.lock'), say);
try {
  await install();
  await generatePrisma();
  await build();
} finally {
  release();
}
if (command !== 'build') runCommand(command, args);
