import { join } from 'node:path';
import type { BookingId } from '../../domain/ids';
import { workflowIdOf } from '../../workflows/messages';
import { type Child, startChild } from '../child';
import { Confirmations } from '../confirmations';
import type { Contender, ContenderRecipe, Ground } from '../contender';
import { asEmptyMessage } from './messages';
import { type EmptyOrder, type EmptySettings, LIKE_THE_PRODUCT } from './settings';

const WORKFLOWS = { empty: 'saga', product: '../../workflows' } as const;

/** The empty saga, run as the product is except for what is said otherwise. */
export function emptyContender(name: string, differing: Partial<EmptySettings> = {}): ContenderRecipe {
  return { name, start: (ground) => start(name, { ...LIKE_THE_PRODUCT, ...differing }, ground) };
}

async function start(name: string, settings: EmptySettings, ground: Ground): Promise<Contender> {
  const order = {
    ...settings,
    address: ground.temporalAddress,
    taskQueue: name,
    bundle: await ground.bundle(
      require.resolve(join(__dirname, WORKFLOWS[settings.saga])),
      settings.stackFrames,
    ),
  };
  const parts =
    settings.processes === 'one'
      ? [child('api and worker', name, { ...order, roles: ['worker', 'api'] }, ground)]
      : [
          child('worker', name, { ...order, roles: ['worker'] }, ground),
          child('api', name, { ...order, roles: ['api'] }, ground),
        ];
  const confirmations = new Confirmations();
  for (const part of parts) {
    part.onMessage((raw) => {
      const message = asEmptyMessage(raw);
      if (message.is === 'confirmed') confirmations.arrived(message.bookingId);
    });
  }
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()));
  };
  try {
    const ready = await Promise.all(parts.map((part) => part.message(readiness)));
    const port = ready.find(({ port }) => port !== undefined)?.port;
    return {
      name,
      url: `http://127.0.0.1:${port}`,
      confirmations,
      cpu: () => Object.fromEntries(parts.map((part) => [part.name, part.cpu()])),
      statements: async () => undefined,
      workflowIdOf: (bookingId) => workflowIdOf(bookingId as BookingId),
      settled: async () => undefined,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function child(role: string, contender: string, order: EmptyOrder, ground: Ground): Child {
  return startChild({
    name: role,
    script: require.resolve('./process'),
    args: [JSON.stringify(order)],
    nodeFlags: ground.nodeFlags,
    env: {},
    logFile: join(ground.folder, `${contender} ${role}.log`.replaceAll(/[^\w.]+/g, '-')),
  });
}

function readiness(raw: unknown) {
  const message = asEmptyMessage(raw);
  return message.is === 'ready' ? message : undefined;
}
