import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ObtainOptions, obtain, UnobtainableError } from './obtain';
import { findOnPath, runTool } from './run-tool';

const OLDEST_JAVA = 17;

/** A library with everything it needs, as Maven names it: `group:artifact:version`. */
export interface JarSet {
  readonly name: string;
  readonly roots: readonly string[];
  /** `group:artifact` to leave out. */
  readonly without?: readonly string[];
  /** A script beside the jars that runs one class of them, for callers that want a single executable. */
  readonly launcher?: { readonly file: string; readonly mainClass: string };
}

/** The `java` to use. @throws {UnobtainableError} when there is none, or it is too old. */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const fromHome = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : undefined;
  const java = fromHome && existsSync(fromHome) ? fromHome : findOnPath('java', env);
  if (!java) throw new UnobtainableError(`no Java (install a JRE ${OLDEST_JAVA} or newer, or set JAVA_HOME)`);
  const properties = await runTool('sh', ['-c', '"$0" -XshowSettings:properties -version 2>&1', java]);
  const version = Number(/java\.specification\.version = (?:1\.)?(\d+)/.exec(properties)?.[1] ?? 0);
  if (version < OLDEST_JAVA)
    throw new UnobtainableError(`${java} is Java ${version}, ${OLDEST_JAVA} or newer is needed`);
  return java;
}

/** The jars of a set, in a folder of the cache; Maven fetches them the first time. */
export async function obtainJars(set: JarSet, options: ObtainOptions): Promise<string> {
  return obtain(set.name, `Fetching ${set.name} (Maven)`, options, async (folder) => {
    const maven = findOnPath('mvn');
    if (!maven) throw new UnobtainableError('no Maven to fetch it with (install `maven`)');
    const pom = join(folder, 'pom.xml');
    await writeFile(pom, describe(set));
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
    try {
      await runTool(maven, ['-B', '-q', '-f', pom, ...goal], { signal: options.signal });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      const reason = (error as Error).message;
      throw new UnobtainableError(`Maven could not fetch ${set.name}: ${reason}`, { cause: error });
    }
    if (set.launcher) await writeLauncher(folder, set.launcher);
  });
}

async function writeLauncher(
  folder: string,
  { file, mainClass }: NonNullable<JarSet['launcher']>,
): Promise<void> {
  // Java and jars are looked up when it runs, so that neither may move away from under it.
  const script = `#!/bin/sh\nexec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$(dirname "$0")/*" ${mainClass} "$@"\n`;
  await writeFile(join(folder, file), script, { mode: 0o755 });
}

function describe({ name, roots, without = [] }: JarSet): string {
  const exclusions = without
    .map((excluded) => excluded.split(':'))
    .map(
      ([group, artifact]) =>
        `<exclusion><groupId>${group}</groupId><artifactId>${artifact}</artifactId></exclusion>`,
    );
  const dependencies = roots
    .map((root) => root.split(':'))
    .map(
      ([group, artifact, version]) =>
        `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>` +
        `<exclusions>${exclusions.join('')}</exclusions></dependency>`,
    );
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
    `<groupId>booking-saga</groupId><artifactId>${name}</artifactId><version>1</version>`,
    `<dependencies>${dependencies.join('\n')}</dependencies></project>`,
  ].join('\n');
}
