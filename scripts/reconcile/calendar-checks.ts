import type { Client } from 'pg';
import type { Check } from './finding';

interface NightRow {
  item_id: string;
  night: string;
  blocked: number;
  live: number;
}

interface BlockRow {
  id: string;
  booking_id: string;
  item_id: string;
  quantity: number;
  state: string | null;
}

const MISCOUNTED = `
  SELECT c.item_id, c.night::text, c.blocked, COALESCE(sum(k.quantity), 0)::int AS live
  FROM booking.availability_calendar c
  LEFT JOIN booking.blocked_nights b USING (item_id, night)
  LEFT JOIN booking.inventory_blocks k ON k.id = b.block_id AND k.status = 'live'
  GROUP BY c.item_id, c.night, c.blocked
  HAVING c.blocked <> COALESCE(sum(k.quantity), 0)
  ORDER BY c.item_id, c.night`;

/** Recounts under the night's lock, so that a block on its way is counted before or after, never lost. */
const RECOUNT = `
  WITH locked AS (
    SELECT item_id, night FROM booking.availability_calendar WHERE item_id = $1 AND night = $2::date FOR UPDATE
  )
  UPDATE booking.availability_calendar c SET blocked = (
    SELECT COALESCE(sum(k.quantity), 0) FROM booking.blocked_nights b
    JOIN booking.inventory_blocks k ON k.id = b.block_id AND k.status = 'live'
    WHERE b.item_id = c.item_id AND b.night = c.night
  ) FROM locked WHERE c.item_id = locked.item_id AND c.night = locked.night`;

const LEFT_BEHIND = `
  SELECT k.id, k.booking_id, k.item_id, k.quantity, b.state
  FROM booking.inventory_blocks k LEFT JOIN booking.bookings b ON b.id = k.booking_id
  WHERE k.status = 'live' AND (
    b.id IS NULL OR (b.state IN ('CANCELLED', 'REJECTED', 'EXPIRED', 'FAILED') AND b.undo IN ('none', 'done')))
  ORDER BY k.id`;

const WITHOUT_BLOCK = `
  SELECT b.id, b.state FROM booking.bookings b
  WHERE b.state IN ('CONFIRMED', 'CHECKED_IN') AND NOT EXISTS (
    SELECT FROM booking.inventory_blocks k WHERE k.booking_id = b.id AND k.status = 'live')
  ORDER BY b.id`;

/** Nights to come only: those that are past keep what could be sold then. A day's grace for zones ahead and behind. */
const OTHER_CAPACITY = `
  SELECT c.item_id, c.night::text, c.capacity, c.overbooking, i.capacity AS item_capacity,
         i.overbooking AS item_overbooking, c.blocked <= i.capacity + i.overbooking AS fits
  FROM booking.availability_calendar c JOIN booking.items i ON i.id = c.item_id
  WHERE c.night > current_date + 1 AND (c.capacity, c.overbooking) <> (i.capacity, i.overbooking)
  ORDER BY c.item_id, c.night`;

const SAME_CAPACITY = `
  UPDATE booking.availability_calendar c SET capacity = i.capacity, overbooking = i.overbooking
  FROM booking.items i
  WHERE i.id = c.item_id AND c.item_id = $1 AND c.night = $2::date AND c.blocked <= i.capacity + i.overbooking`;

interface CapacityRow {
  item_id: string;
  night: string;
  capacity: number;
  overbooking: number;
  item_capacity: number;
  item_overbooking: number;
  fits: boolean;
}

/** The calendar against the blocks, and the blocks against the bookings. */
export function calendarChecks(database: Client): Check[] {
  return [
    {
      name: 'calendar',
      rule: 'every night counts as blocked what its live blocks add up to',
      find: async () =>
        (await database.query<NightRow>(MISCOUNTED)).rows.map(({ item_id, night, blocked, live }) => ({
          check: 'calendar',
          about: `${item_id} ${night}`,
          text: `counts ${blocked} blocked, its live blocks add up to ${live}`,
          repair: async () => void (await database.query(RECOUNT, [item_id, night])),
        })),
    },
    {
      name: 'capacity',
      rule: 'as many can be sold of a night to come as its item says',
      find: async () =>
        (await database.query<CapacityRow>(OTHER_CAPACITY)).rows.map((row) => ({
          check: 'capacity',
          about: `${row.item_id} ${row.night}`,
          text:
            `sells ${row.capacity} and ${row.overbooking} more, its item ${row.item_capacity} and ` +
            `${row.item_overbooking} more${row.fits ? '' : '; more are sold than that'}`,
          ...(row.fits && {
            repair: async () => void (await database.query(SAME_CAPACITY, [row.item_id, row.night])),
          }),
        })),
    },
    {
      name: 'blocks',
      rule: 'a booking that is over and undone blocks no nights',
      find: async () =>
        (await database.query<BlockRow>(LEFT_BEHIND)).rows.map((block) => ({
          check: 'blocks',
          about: block.booking_id,
          text: `${block.state ? `is ${block.state}` : 'does not exist'}, but ${block.id} still blocks nights`,
          repair: async () =>
            void (await database.query('SELECT booking.release_nights($1, $2, $3, $4)', [
              block.id,
              block.booking_id,
              block.item_id,
              block.quantity,
            ])),
        })),
    },
    {
      name: 'nights',
      rule: 'a confirmed booking has its nights',
      find: async () =>
        (await database.query<{ id: string; state: string }>(WITHOUT_BLOCK)).rows.map(({ id, state }) => ({
          check: 'nights',
          about: id,
          text: `is ${state} without a live block: its nights may be sold again. Block them by hand, or cancel it`,
        })),
    },
  ];
}
