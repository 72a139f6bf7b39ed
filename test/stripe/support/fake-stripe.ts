import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Readonly<Record<string, string>>;
interface Thing {
  id: string;
  status: string;
  [field: string]: unknown;
}
interface Answer {
  readonly status: number;
  readonly body: object;
}

const LISTED: Readonly<Record<string, string>> = { payment_intents: 'pi', refunds: 're', transfers: 'tr' };

/** What Stripe's test cards do, by the PaymentMethod. */
const CARDS: Readonly<Record<string, 'approve' | 'ask' | { readonly decline: string }>> = {
  pm_approved: 'approve',
  pm_requires_action: 'ask',
  pm_declined: { decline: 'generic_decline' },
  pm_insufficient_funds: { decline: 'insufficient_funds' },
};

/**
 * Behaves like Stripe's API where the adapter looks: PaymentIntents with their states, SetupIntents, refunds,
 * transfers, and answers kept under idempotency keys. The states are those of docs.stripe.com/payments/paymentintents/lifecycle.
 */
export class FakeStripe {
  private readonly things = new Map<string, Thing>();
  private readonly kept = new Map<string, Answer>();
  private cutAfter: RegExp | undefined;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeStripe> {
    const server = createServer();
    const fake = new FakeStripe(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [path = '', query] = (request.url ?? '').split('?');
        const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString() || query));
        const key = request.headers['idempotency-key'] as string | undefined;
        const what = `${request.method} ${path}`;
        const { status, body } = fake.once(key, () => fake.answer(what, fields));
        if (fake.cutAfter?.test(what)) return request.socket.destroy();
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** As it prunes keys that are 24 hours old. */
  forgetKeys(): void {
    this.kept.clear();
  }

  /** Requests like this are carried out, but their answers get lost, until told otherwise. */
  loseAnswers(what: RegExp | undefined): void {
    this.cutAfter = what;
  }

  /** The cardholder of the newest thing that waits for one has answered. */
  cardholder(approves: boolean): void {
    for (const thing of this.things.values()) {
      if (thing.status !== 'requires_action') continue;
      const isSetup = thing.id.startsWith('seti_');
      const error = { code: `${isSetup ? 'setup' : 'payment'}_intent_authentication_failure` };
      thing.status = approves ? (isSetup ? 'succeeded' : 'requires_capture') : 'requires_payment_method';
      if (!approves) thing[isSetup ? 'last_setup_error' : 'last_payment_error'] = error;
    }
  }

  /** How many things of a kind there are: `pi`, `re`, `tr`, `cus`. */
  count(prefix: string, status?: string): number {
    const all = [...this.things.values()].filter(({ id }) => id.startsWith(`${prefix}_`));
    return all.filter((thing) => status === undefined || thing.status === status).length;
  }

  /** A hold that nobody captured in time. */
  expireHolds(): void {
    for (const thing of this.things.values())
      if (thing.status === 'requires_capture') thing.status = 'canceled';
  }

  /** As somebody does at Stripe's dashboard. */
  setAside(id: string, status: string): void {
    const thing = this.things.get(id);
    if (thing) thing.status = status;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private once(key: string | undefined, work: () => Answer): Answer {
    const earlier = key === undefined ? undefined : this.kept.get(key);
    const answer = earlier ?? work();
    // A copy: what is kept is how it was then, also where the thing has moved on.
    if (key !== undefined && !earlier) this.kept.set(key, structuredClone(answer));
    return answer;
  }

  private answer(what: string, fields: Fields): Answer {
    const [, method = '', resource = '', id, action] =
      /^(\w+) \/v1\/(\w+)(?:\/(\w+))?(?:\/(\w+))?$/.exec(what) ?? [];
    if (method === 'GET' && id === undefined) return this.list(resource, fields);
    const thing = id === undefined ? undefined : this.things.get(id);
    if (id !== undefined && !thing) return refusal('resource_missing', 404);
    if (thing === undefined) return this.made(resource, fields);
    if (method === 'GET') return { status: 200, body: thing };
    return this.moved(thing, action ?? '', fields);
  }

  private list(resource: string, { payment_intent: intent, transfer_group: group }: Fields): Answer {
    const prefix = LISTED[resource];
    const data = [...this.things.values()].filter(
      (one) =>
        one.id.startsWith(`${prefix}_`) &&
        one.payment_intent === intent &&
        (group ?? one.transfer_group) === one.transfer_group,
    );
    return { status: 200, body: { object: 'list', has_more: false, data } };
  }

  private made(resource: string, fields: Fields): Answer {
    const metadata = { key: fields['metadata[key]'], booking_id: fields['metadata[booking_id]'] };
    switch (resource) {
      case 'customers':
        return this.put('cus', 'active', {});
      case 'payment_intents':
        if (!CARDS[fields.payment_method ?? '']) return refusal('resource_missing');
        return this.put('pi', 'requires_confirmation', {
          ...fields,
          amount: Number(fields.amount),
          metadata,
        });
      case 'setup_intents': {
        const card = CARDS[fields.payment_method ?? ''];
        if (card === undefined) return refusal('resource_missing');
        if (typeof card === 'object') return declined(card.decline);
        const asks = card === 'ask';
        return this.put('seti', asks ? 'requires_action' : 'succeeded', { ...fields, metadata, ...redirect });
      }
      case 'refunds': {
        const intent = this.things.get(fields.payment_intent ?? '');
        const left = Number(intent?.amount_received ?? 0) - Number(intent?.refunded ?? 0);
        if (!intent || Number(fields.amount) > left) return refusal('charge_already_refunded');
        intent.refunded = Number(intent.refunded ?? 0) + Number(fields.amount);
        return this.put('re', 'succeeded', { ...fields, metadata });
      }
      case 'transfers':
        return this.put('tr', 'paid', { ...fields, metadata });
      default:
        return refusal('unknown_resource', 404);
    }
  }

  private moved(thing: Thing, action: string, fields: Fields): Answer {
    const unexpected = () => refusal('payment_intent_unexpected_state');
    switch (action) {
      case 'confirm': {
        if (thing.status !== 'requires_confirmation') return unexpected();
        const card = CARDS[String(thing.payment_method)];
        if (typeof card === 'object') {
          thing.status = 'requires_payment_method';
          thing.last_payment_error = { code: 'card_declined', decline_code: card.decline };
          return declined(card.decline);
        }
        // A card that was saved for its customer was confirmed with that.
        const asks = card === 'ask' && thing.customer === undefined;
        Object.assign(thing, { status: asks ? 'requires_action' : 'requires_capture', ...redirect });
        return { status: 200, body: thing };
      }
      case 'capture': {
        const amount = Number(fields.amount_to_capture);
        if (thing.status !== 'requires_capture') return unexpected();
        if (amount > Number(thing.amount)) return refusal('amount_too_large');
        Object.assign(thing, { status: 'succeeded', amount_received: amount });
        return { status: 200, body: thing };
      }
      case 'cancel':
        if (thing.status === 'succeeded' || thing.status === 'canceled') return unexpected();
        Object.assign(thing, { status: 'canceled', cancellation_reason: fields.cancellation_reason });
        return { status: 200, body: thing };
      default:
        return refusal('unknown_action', 404);
    }
  }

  private put(prefix: string, status: string, more: object): Answer {
    const thing: Thing = { ...more, id: `${prefix}_${this.things.size + 1}`, status };
    this.things.set(thing.id, thing);
    return { status: 200, body: thing };
  }
}

const redirect = {
  next_action: { type: 'redirect_to_url', redirect_to_url: { url: 'https://hooks.stripe.com/3ds' } },
};

function refusal(code: string, status = 400): Answer {
  return { status, body: { error: { type: 'invalid_request_error', code, message: 'No.' } } };
}

function declined(declineCode: string): Answer {
  const error = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: declineCode,
    message: 'Declined.',
  };
  return { status: 402, body: { error } };
}
