import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '../../domain/topics';
import { projectRoot } from '../stack/folders';
import { asText, type Golden, goldenMessages } from './golden';

/** Messages as each release told them, a folder for each. */
const GOLDEN = join(projectRoot, 'test', 'golden');

/** What is not released yet, so that it holds between two releases too. The one folder that may be made again. */
export const UNRELEASED = 'unreleased';

export function keptFolder(release: string): string {
  return join(GOLDEN, release);
}

/** Writes what this code tells into the release's folder, anew. */
export function keepMessages(release: string): void {
  const folder = keptFolder(release);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const golden of goldenMessages()) {
    writeFileSync(join(folder, `${TOPICS[golden.topic].name}.json`), asText(golden));
  }
}

/** Releases of which messages are kept, with what each told. */
export function keptMessages(): { readonly release: string; readonly golden: readonly Golden[] }[] {
  return readdirSync(GOLDEN).map((release) => ({
    release,
    golden: readdirSync(keptFolder(release)).map(
      (file) => JSON.parse(readFileSync(join(keptFolder(release), file), 'utf8')) as Golden,
    ),
  }));
}
