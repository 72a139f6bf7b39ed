import type { ContenderRecipe } from './contender';
import { emptyContender } from './empty/contender';
import { productContender } from './product/contender';

/** Contenders that are measured against the first of them. */
export interface Comparison {
  readonly about: string;
  readonly contenders: readonly ContenderRecipe[];
}

const ONE_PROCESS = { processes: 'one' } as const;

/** Everything that can be asked of the bench: the product's figures, and each setting that was chosen by them. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  product: {
    about: 'the product against an empty saga (default)',
    contenders: [emptyContender('empty saga'), productContender('product')],
  },
  parts: {
    about: "where the cost lies: the product's saga over activities that do nothing, between the two",
    contenders: [
      emptyContender('empty saga'),
      emptyContender('saga without hands', { saga: 'product' }),
      productContender('product'),
    ],
  },
  activities: {
    about: 'regular activities instead of local ones for steps that only touch the database',
    contenders: [
      emptyContender('local'),
      emptyContender('regular, eager', { kinds: { database: 'regular', eager: true } }),
      emptyContender('regular, not eager', { kinds: { database: 'regular', eager: false } }),
    ],
  },
  eager: {
    about: 'eager execution of the one regular activity (authorize), off',
    contenders: [
      emptyContender('eager'),
      emptyContender('not eager', { kinds: { database: 'local', eager: false } }),
    ],
  },
  compression: {
    about: "gzip on the worker's connection, the SDK's default, instead of none",
    contenders: [emptyContender('none'), emptyContender('gzip', { compression: 'gzip' })],
  },
  connection: {
    about: "the API on a native connection; in one process with the worker; on the worker's connection",
    contenders: [
      emptyContender('two processes'),
      emptyContender('two, native client', { connection: 'native' }),
      emptyContender('one, own connection', ONE_PROCESS),
      emptyContender('one, shared connection', { ...ONE_PROCESS, connection: 'native' }),
    ],
  },
  pollers: {
    about: "the SDK's fixed numbers of pollers instead of autoscaling ones",
    contenders: [emptyContender('autoscaling'), emptyContender('fixed', { pollers: 'fixed' })],
  },
  cache: {
    about: 'how many sagas a worker keeps in memory: the default, few, many',
    contenders: [
      emptyContender('default cache'),
      emptyContender('cache of 50', { cachedWorkflows: 50 }),
      emptyContender('cache of 5000', { cachedWorkflows: 5000 }),
    ],
  },
  processes: {
    about: 'api, worker and bridge in one process, as `npm start` runs them, instead of three',
    contenders: [productContender('three processes'), productContender('one process', { processes: 'one' })],
  },
  stacks: {
    about: "the product's saga with stack traces of 10 (the default), 3 and 0 frames",
    contenders: [
      emptyContender('10 frames', { saga: 'product' }),
      emptyContender('3 frames', { saga: 'product', stackFrames: 3 }),
      emptyContender('no frames', { saga: 'product', stackFrames: 0 }),
    ],
  },
  pool: {
    about: "connections in each role's pool: 10, 5, 20",
    contenders: [
      productContender('pool of 10', { settings: { DATABASE_POOL: '10' } }),
      productContender('pool of 5', { settings: { DATABASE_POOL: '5' } }),
      productContender('pool of 20', { settings: { DATABASE_POOL: '20' } }),
    ],
  },
};

/** The product against another build of it. */
export function againstBuild(folder: string): Comparison {
  return {
    about: `the product against the build in ${folder}`,
    contenders: [productContender('this build'), productContender('other build', { build: folder })],
  };
}
