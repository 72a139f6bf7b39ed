import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { FencedSockets } from '../../platform/kafka/fenced-sockets';
import { until } from './relay-world';

let server: Server;
let accepted: Socket[];
let received = '';
let closed = 0;
beforeEach(async () => {
  accepted = [];
  received = '';
  closed = 0;
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('error', () => undefined); // cut off, as is meant to happen
    socket.on('close', () => {
      closed += 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of accepted) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function open(sockets: FencedSockets) {
  const { port } = server.address() as AddressInfo;
  // The library's types ask for TLS options even where there are none.
  const place = { host: '127.0.0.1', port, ssl: undefined as never };
  const socket = sockets.factory({ ...place, onConnect: () => undefined });
  socket.on('error', () => undefined); // the fence's own
  await once(socket, 'connect');
  return socket;
}

test('bytes pass before the deadline; after it the connection ends instead', async () => {
  const sockets = new FencedSockets();
  sockets.allowUntil(performance.now() + 60_000);
  const socket = await open(sockets);
  socket.write('in time');
  await until('they arrived', async () => received === 'in time');
  sockets.allowUntil(performance.now()); // the deadline passes while the process stands still: no timer has run
  socket.write('too late');
  await until('it was closed', async () => closed === 1);
  expect(received).toBe('in time');
});

test('a cut ends all connections, and none is opened after it', async () => {
  const sockets = new FencedSockets();
  sockets.allowUntil(performance.now() + 60_000);
  await open(sockets);
  await open(sockets);
  sockets.cut('over');
  await until('both were closed', async () => closed === 2);
  await expect(open(sockets)).rejects.toThrow('the send deadline has passed');
});
