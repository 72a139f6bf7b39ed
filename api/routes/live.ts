import { z } from 'zod';
import { visibleBooking } from '../bookings/access';
import type { ApiDeps } from '../deps';
import { type AnswerDoc, type Route, route } from '../http/route';
import { bookingLog } from '../live/booking-log';
import { liveEventExample, liveEventSchema } from '../live/event';
import { ownerLog } from '../live/owner-log';
import { EVERYBODY, idParams } from './shared';

const TAG = 'live';

const query = z.strictObject({
  lastEventId: z.string().max(8_000).optional().meta({
    description:
      'As the header Last-Event-ID, for who cannot set it on their first request. The header wins.',
  }),
});

const RESUMES = 'The `id` of the last event you got from this stream: it goes on with the next one.';

const answers: Readonly<Record<number, AnswerDoc>> = {
  200: {
    description: 'Server-sent events, until one of both sides hangs up',
    contentType: 'text/event-stream',
    schema: liveEventSchema,
    example: liveEventExample,
  },
};

/** What happens to bookings, as it happens. */
export function liveRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/bookings/:id/events',
      tag: TAG,
      summary: 'What happens to one booking, as it happens',
      description:
        'First everything from the opening on, or from `Last-Event-ID` on, then what comes. `id` is the sequence. ' +
        'The stream ends when the token expires.',
      roles: EVERYBODY,
      params: idParams,
      query,
      resumes: RESUMES,
      answers,
      problems: ['invalid-request', 'not-found'],
      handle: async ({ caller, params, query: { lastEventId: asked }, lastEventId = asked, gone }) => {
        const booking = await visibleBooking(deps.database, params.id, caller);
        const log = bookingLog(deps.database, booking, lastEventId);
        return deps.live.answer({ kind: 'booking', of: booking.id, log }, caller, gone);
      },
    }),
    route({
      method: 'get',
      path: '/api/owners/events',
      tag: TAG,
      summary: 'What happens to the bookings of own items, as it happens',
      description:
        'From now on, or from `Last-Event-ID` on. Open the stream first and read `GET /api/owners/bookings` then, so ' +
        'that nothing falls between the two. `id` is opaque. The stream ends when the token expires.',
      roles: ['owner'],
      query,
      resumes: RESUMES,
      answers,
      problems: ['invalid-request'],
      handle: async ({ caller, query: { lastEventId: asked }, lastEventId = asked, gone }) => {
        const log = await ownerLog(deps.database, caller.id, lastEventId);
        return deps.live.answer({ kind: 'owner', of: caller.id, log }, caller, gone);
      },
    }),
  ];
}
