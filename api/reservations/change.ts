import { Problem } from '../../domain/problems';
import type { Action } from '../bookings/act';
import { checkNights } from '../bookings/checks';
import type { ApiDeps } from '../deps';
import type { SagaAnswer } from '../saga/saga-client';
import {
  agreeChange,
  type ChangeFieldNames,
  type ChangeWish,
  judgeChange,
  missingNights,
  pricedChange,
} from './change-terms';

/** Asks a reservation's saga for a change, worked out from the reservation as it is now. */
export function change(deps: ApiDeps, wish: Omit<ChangeWish, 'byGuest'>, names: ChangeFieldNames): Action {
  return {
    part: ['traveler', 'owner'],
    done: 'changed',
    tell: async (saga, bookingId, by, updateId) => {
      const made = () => wasMade(deps, bookingId, updateId);
      const booking = await deps.database.booking.findUniqueOrThrow({ where: { id: bookingId } });
      try {
        const request = pricedChange(bookingId, updateId);
        const asked = { ...wish, byGuest: by.role === 'TRAVELER' };
        const judged = await judgeChange(deps, booking, asked, names, request);
        checkNights(judged.item, await missingNights(deps, bookingId, judged.item.id, judged.price));
        const { from, to } = await agreeChange(deps, booking, judged, request);
        const answer = await saga.change(bookingId, { by, changeId: updateId, from, to }, updateId);
        return answer.outcome === 'closed' && (await made()) ? COMMITTED : answer;
      } catch (refusal) {
        // An earlier attempt of this very request may have made the change that now stands in its way.
        if (refusal instanceof Problem && (await made())) return COMMITTED;
        throw refusal;
      }
    },
  };
}

const COMMITTED: SagaAnswer = { outcome: 'committed' };

/** Whether the log shows that this very request has changed the booking. */
async function wasMade({ database }: ApiDeps, bookingId: string, changeId: string): Promise<boolean> {
  const facts = await database.bookingFactRow.count({
    where: { bookingId, type: 'booking.modified', details: { path: ['changeId'], equals: changeId } },
  });
  return facts > 0;
}
