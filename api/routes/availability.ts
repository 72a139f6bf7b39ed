import { z } from 'zod';
import { itemIdOf } from '../../domain/hotel';
import { Problem } from '../../domain/problems';
import { countNights, type Stay } from '../../domain/stay-dates';
import type { Caller } from '../auth/caller';
import { calendarOf, closeNights, openNights } from '../availability/calendar';
import { MAX_NIGHTS } from '../bookings/checks';
import { calendarDate } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { type Answer, publicRoute, type Route, route } from '../http/route';
import { fieldProblem } from '../http/validate';
import { once } from '../idempotency/once';
import { propertyId, roomType } from '../reservations/fields';

const TAG = 'hotel';
const CALENDAR = '/api/availability';

const span = z.object({
  propertyId: propertyId.meta({ description: 'A property of any system.' }),
  roomType: roomType.optional().meta({ description: "A hotel's room type; other properties have none." }),
  from: calendarDate,
  to: calendarDate.meta({ description: 'The first night that is no longer meant.', example: '2026-12-04' }),
});
type Span = z.output<typeof span>;

const spanExample = { propertyId: 'HOTEL-001', roomType: 'STD', from: '2026-12-01', to: '2026-12-02' };

const calendarSchema = z
  .object({
    itemId: z.string(),
    propertyId: z.string(),
    roomType: z.string().nullable(),
    nights: z.array(
      z.object({
        date: z.iso.date(),
        capacity: z.int(),
        blocked: z.int(),
        free: z.int(),
        closed: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Calendar' });

const found = z.object({ success: z.literal(true), data: calendarSchema });
const done = found.extend({ message: z.string() });
const calendarExample = (closed: boolean) => ({
  itemId: 'HOTEL-001:STD',
  ...{ propertyId: 'HOTEL-001', roomType: 'STD' },
  nights: [{ date: '2026-12-01', capacity: 10, blocked: 0, free: closed ? 0 : 10, closed }],
});

/** What is free, night by night; and what its owner does not want sold. */
export function availabilityRoutes(deps: ApiDeps): Route[] {
  return [
    publicRoute({
      method: 'get',
      path: CALENDAR,
      tag: TAG,
      summary: 'The calendar of an item',
      description:
        'Night by night: how many can be sold, are blocked, are free; and whether the owner closed it.',
      query: span,
      answers: {
        200: {
          description: 'The nights of [from, to)',
          schema: found,
          example: { success: true, data: calendarExample(false) },
        },
      },
      problems: ['invalid-request', 'invalid-dates', 'not-found'],
      handle: async ({ query }) => ({
        status: 200,
        body: { success: true, data: await calendar(deps, query) },
      }),
    }),
    ownersRoute(deps, {
      path: `${CALENDAR}/block`,
      summary: 'Close dates',
      description:
        'All of them, or none where some are sold: then the bookings are named. Told on `availability.updated`.',
      problems: ['nights-sold'],
      message: 'Dates closed successfully',
      example: calendarExample(true),
      change: closeNights,
    }),
    ownersRoute(deps, {
      path: `${CALENDAR}/release`,
      summary: 'Open closed dates again',
      description: 'Sold nights stay sold: only bookings release those.',
      problems: [],
      message: 'Dates opened successfully',
      example: calendarExample(false),
      change: openNights,
    }),
  ];
}

interface OwnersRouteSpec {
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly problems: readonly 'nights-sold'[];
  readonly message: string;
  readonly example: unknown;
  readonly change: typeof closeNights;
}

/** Doing it twice is as doing it once, so that a repeat without a key does no harm either. */
function ownersRoute(deps: ApiDeps, spec: OwnersRouteSpec): Route {
  const { path, message, example, change, problems, ...docs } = spec;
  return route({
    ...docs,
    method: 'post',
    path,
    tag: TAG,
    roles: ['owner'],
    body: span,
    bodyExample: spanExample,
    answers: {
      200: { description: message, schema: done, example: { success: true, message, data: example } },
    },
    problems: ['invalid-request', 'invalid-dates', 'not-found', ...problems],
    handle: async ({ caller, body, sentBody, idempotencyKey: key }) => {
      const attempt = async (): Promise<Answer> => {
        const stay = checkedSpan(body);
        await requireOwner(deps, body, caller);
        await change(deps.database, itemOf(body), stay, caller.id);
        return { status: 200, body: { success: true, message, data: await calendar(deps, body) } };
      };
      if (key === undefined) return await attempt();
      return await once(deps, { caller: caller.id, route: `POST ${path}`, key, request: sentBody }, attempt);
    },
  });
}

async function calendar(deps: ApiDeps, wanted: Span) {
  const nights = await calendarOf(deps.database, itemOf(wanted), checkedSpan(wanted));
  if (nights.length === 0) throw unknownItem(wanted);
  return {
    itemId: itemOf(wanted),
    propertyId: wanted.propertyId,
    roomType: wanted.roomType ?? null,
    nights,
  };
}

const itemOf = (wanted: Span) => itemIdOf(wanted.propertyId, wanted.roomType);

/** @throws {Problem} `invalid-dates` */
function checkedSpan({ from, to }: Span): Stay {
  const refuse = (message: string) => fieldProblem('invalid-dates', [{ field: 'to', message }]);
  if (to <= from) throw refuse(`${to} is not after ${from}`);
  const stay = { start: from, end: to };
  if (countNights(stay) > MAX_NIGHTS) throw refuse(`${MAX_NIGHTS} nights may be asked for at once`);
  return stay;
}

/** @throws {Problem} `not-found`, or `forbidden`: what can be booked is public, so nobody need be kept from knowing */
async function requireOwner(deps: ApiDeps, wanted: Span, caller: Caller): Promise<void> {
  const item = await deps.database.item.findUnique({ where: { id: itemOf(wanted) } });
  if (!item) throw unknownItem(wanted);
  if (item.ownerId !== caller.id)
    throw new Problem('forbidden', `Only its owner may close and open dates of ${item.id}.`);
}

function unknownItem(wanted: Span): Problem {
  const room = wanted.roomType === undefined ? '' : ` with rooms ${wanted.roomType}`;
  return new Problem('not-found', `There is no property ${wanted.propertyId}${room}.`);
}
