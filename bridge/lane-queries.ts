import type { RelaySession } from './relay-session';

/*
 * Advisory locks of the relay, in the two-key space of Postgres: (class, number). The numbers are arbitrary and
 * only must not be used for something else in the same database.
 */
const LANE_LOCK = 4_270_001;
const PRESENCE_LOCK = 4_270_002;

/** What the lock tables say at this moment. */
export interface LaneView {
  /** Relays that want lanes, this one included. */
  readonly relays: number;
  readonly lanes: number;
  /** Lanes that nobody holds. */
  readonly free: readonly number[];
}

/** A lane as its last holder left it. */
export interface TakenLane {
  readonly lane: number;
  /** False: the holder vanished, and may still have a batch on the wire. */
  readonly clean: boolean;
  readonly holder: string | null;
}

/** Makes this relay count, until its session ends. */
export async function showPresence(session: RelaySession): Promise<void> {
  await session.query('SELECT pg_advisory_lock_shared($1, 0)::text', [PRESENCE_LOCK]);
}

/** The view of pg_locks is of the whole server; `objsubid = 2` marks the two-key space. */
export async function viewLanes(session: RelaySession): Promise<LaneView> {
  const [view] = await session.query<{ relays: number; lanes: number; free: number[] }>(
    `WITH advisory AS (
       SELECT classid, objid FROM pg_locks
       WHERE locktype = 'advisory' AND objsubid = 2 AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     )
     SELECT (SELECT count(*) FROM advisory WHERE classid = $2)::integer AS relays,
            count(*)::integer AS lanes,
            COALESCE(array_agg(lane ORDER BY lane) FILTER (
              WHERE lane NOT IN (SELECT objid::bigint FROM advisory WHERE classid = $1)
            ), '{}') AS free
     FROM booking.relay_lanes`,
    [LANE_LOCK, PRESENCE_LOCK],
  );
  return view ?? { relays: 1, lanes: 0, free: [] };
}

/** Tries to lock these lanes; answers those it got. */
export async function lockLanes(session: RelaySession, lanes: readonly number[]): Promise<number[]> {
  const got = await session.query<{ lane: number }>(
    'SELECT lane FROM unnest($2::integer[]) AS lane WHERE pg_try_advisory_lock($1, lane)',
    [LANE_LOCK, lanes],
  );
  return got.map(({ lane }) => lane);
}

/** Writes this relay down as the holder of lanes it has locked; answers how each was left. */
export function recordTaken(
  session: RelaySession,
  lanes: readonly number[],
  holder: string,
): Promise<TakenLane[]> {
  return session.query<TakenLane & { lane: number }>(
    `UPDATE booking.relay_lanes l SET clean = false, holder = $2, since = now()
     FROM (SELECT lane, clean, holder FROM booking.relay_lanes WHERE lane = ANY($1::integer[])) before
     WHERE l.lane = before.lane
     RETURNING before.lane, before.clean, before.holder`,
    [lanes, holder],
  );
}

/**
 * Lets go. Whoever takes a quiet lane next may send at once; a lane that is given up while it still waited for a
 * vanished holder's batch stays unclean, so that the waiting begins anew.
 */
export async function releaseLanes(
  session: RelaySession,
  quiet: readonly number[],
  waiting: readonly number[],
): Promise<void> {
  await session.query(
    `UPDATE booking.relay_lanes SET clean = lane = ANY($1::integer[]), holder = NULL, since = now()
     WHERE lane = ANY($1::integer[]) OR lane = ANY($2::integer[])`,
    [quiet, waiting],
  );
  // Only after that is committed: the next holder reads it under the lock.
  await session.query('SELECT pg_advisory_unlock($1, lane) FROM unnest($2::integer[]) AS lane', [
    LANE_LOCK,
    [...quiet, ...waiting],
  ]);
}
