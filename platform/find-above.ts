import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A folder of the project's that is not compiled, such as `prisma/migrations`; found from the sources and from dist/
 * alike, by looking upwards.
 * @returns undefined where there is none
 */
export function findAbove(from: string, ...parts: readonly string[]): string | undefined {
  const folder = join(from, ...parts);
  if (existsSync(folder)) return folder;
  const above = dirname(from);
  return above === from ? undefined : findAbove(above, ...parts);
}
