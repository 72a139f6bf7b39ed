import { z } from 'zod';
import { itemIdOf, propertyIdOf, roomTypeOf } from '../../domain/hotel';
import { Problem } from '../../domain/problems';
import { countNights, type Stay } from '../../domain/stay-dates';
import type { Caller } from '../auth/caller';
import { calendarsOf, closeNights, type ItemCalendar, openNights } from '../availability/calendar';
import { MAX_NIGHTS } from '../bookings/checks';
import { calendarDate } from '../bookings/fields';
import type { ApiDeps } from '../deps';
import { type Answer, publicRoute, type Route, route } from '../http/route';
import { fieldProblem } from '../http/validate';
import { once } from '../idempotency/once';
import { propertyId, roomType } from '../reservations/fields';

const TAG = 'hotel';
const CALENDAR = '/api/availability';
/** The longest span of all rooms of a hotel at once, nights. */
const HOTEL_NIGHTS = 92;

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

const hotelCalendarSchema = z
  .object({ propertyId: z.string(), items: z.array(calendarSchema) })
  .meta({ id: 'HotelCalendar', description: 'All room types of a hotel, by id.' });

const found = z.object({ success: z.literal(true), data: z.union([calendarSchema, hotelCalendarSchema]) });
const done = z.object({ success: z.literal(true), data: calendarSchema, message: z.string() });
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
        'Night by night: how many can be sold, are blocked, are free; and whether the owner closed it. Of a hotel ' +
        `without \`roomType\`, all its room types in \`items\`, ${HOTEL_NIGHTS} nights at most.`,
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
        body: { success: true, data: await calendarOrHotels(deps, query) },
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
  const [found] = await calendarsOf(deps.database, { itemId: itemOf(wanted) }, checkedSpan(wanted));
  if (!found) throw unknownItem(wanted);
  return calendarView(found);
}

/** A hotel itself is no item; where nothing is booked under its name, its rooms are meant. */
async function calendarOrHotels(deps: ApiDeps, wanted: Span) {
  const stay = checkedSpan(wanted);
  const [found] = await calendarsOf(deps.database, { itemId: itemOf(wanted) }, stay);
  if (found) return calendarView(found);
  const { propertyId } = wanted;
  if (wanted.roomType !== undefined) throw unknownItem(wanted);
  if (countNights(stay) > HOTEL_NIGHTS) throw tooLong(HOTEL_NIGHTS);
  const rooms = await calendarsOf(deps.database, { hotel: propertyId }, stay);
  if (rooms.length === 0) throw unknownItem(wanted);
  return { propertyId, items: rooms.map(calendarView) };
}

function calendarView({ itemId, nights }: ItemCalendar) {
  return { itemId, propertyId: propertyIdOf(itemId), roomType: roomTypeOf(itemId) ?? null, nights };
}

const itemOf = (wanted: Span) => itemIdOf(wanted.propertyId, wanted.roomType);

/** @throws {Problem} `invalid-dates` */
function checkedSpan({ from, to }: Span): Stay {
  if (to <= from)
    throw fieldProblem('invalid-dates', [{ field: 'to', message: `${to} is not after ${from}` }]);
  const stay = { start: from, end: to };
  if (countNights(stay) > MAX_NIGHTS) throw tooLong(MAX_NIGHTS);
  return stay;
}

function tooLong(most: number): Problem {
  return fieldProblem('invalid-dates', [{ field: 'to', message: `${most} nights may be asked for at once` }]);
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
