-- Changing a booking: its nights are swapped and its agreement replaced in one statement, or nothing is.

-- A fact that is told late is told with the agreement of its own time: what the next change after it replaced.
CREATE INDEX booking_events_changes ON booking.booking_events (booking_id, sequence) WHERE type = 'booking.modified';

-- The nights of [p_start, p_end) that this booking could not have, in order: what it has of them already, it can
-- keep, also where its owner has closed them since. Takes no locks.
CREATE FUNCTION booking.missing_nights(p_booking_id text, p_item_id text, p_start date, p_end date, p_quantity integer)
RETURNS date[] LANGUAGE sql STABLE AS $$
  SELECT COALESCE(array_agg(c.night ORDER BY c.night), '{}')
  FROM booking.availability_calendar c
  CROSS JOIN LATERAL (
    SELECT p_quantity - COALESCE(sum(k.quantity), 0) AS places
    FROM booking.inventory_blocks k JOIN booking.blocked_nights b ON b.block_id = k.id
    WHERE k.booking_id = p_booking_id AND k.status = 'live' AND b.item_id = c.item_id AND b.night = c.night
  ) more
  WHERE c.item_id = p_item_id AND c.night >= p_start AND c.night < p_end AND more.places > 0
    AND (c.closed OR c.blocked + more.places > c.capacity + c.overbooking)
$$;

-- Makes the calendar's rows that are missing: the first half of lock_nights, for who locks more than one span.
CREATE FUNCTION booking.make_nights(p_item_id text, p_start date, p_end date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_capacity integer;
  v_overbooking integer;
BEGIN
  IF (SELECT count(*) FROM booking.availability_calendar
      WHERE item_id = p_item_id AND night >= p_start AND night < p_end) < p_end - p_start THEN
    -- Waits for a change of the capacity under way, which could not reach rows that it does not see.
    SELECT capacity, overbooking INTO v_capacity, v_overbooking FROM booking.items
    WHERE id = p_item_id FOR KEY SHARE;
    INSERT INTO booking.availability_calendar (item_id, night, capacity, overbooking)
    SELECT p_item_id, n::date, v_capacity, v_overbooking
    FROM generate_series(p_start, p_end - 1, interval '1 day') n ORDER BY n
    ON CONFLICT (item_id, night) DO NOTHING;
  END IF;
END $$;
CREATE OR REPLACE FUNCTION booking.lock_nights(p_item_id text, p_start date, p_end date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM booking.make_nights(p_item_id, p_start, p_end);
  PERFORM 1 FROM booking.availability_calendar
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end ORDER BY night FOR UPDATE;
END $$;

-- Gives the old block's nights back and takes those of the new one, all or nothing. Nights that are in both are kept,
-- and need no second place. Answers the nights that are gone: empty where all were taken, null where the new block was
-- released before it arrived.
CREATE FUNCTION booking.swap_nights(
  p_old_block_id text, p_block_id text, p_booking_id text, p_item_id text, p_start date, p_end date, p_quantity integer
) RETURNS date[] LANGUAGE plpgsql AS $$
DECLARE
  v_inserted text;
  v_gone date[];
BEGIN
  INSERT INTO booking.inventory_blocks (id, booking_id, item_id, quantity, status)
  VALUES (p_block_id, p_booking_id, p_item_id, p_quantity, 'live')
  ON CONFLICT (id) DO NOTHING RETURNING id INTO v_inserted;
  IF v_inserted IS NULL THEN
    RETURN (SELECT CASE status WHEN 'live' THEN '{}'::date[] END FROM booking.inventory_blocks WHERE id = p_block_id);
  END IF;

  -- The item first and its nights after it, as everybody: the booking's row will refer to it.
  PERFORM 1 FROM booking.items WHERE id = p_item_id FOR KEY SHARE;
  -- Missing nights can only be among the new ones. Whoever needs one that is being made waits here, before it locks any.
  PERFORM booking.make_nights(p_item_id, p_start, p_end);

  -- Both ranges at once, in the order in which everybody locks them: two swaps of opposite directions cannot wait
  -- for each other.
  PERFORM 1 FROM booking.availability_calendar c
  WHERE (c.item_id = p_item_id AND c.night >= p_start AND c.night < p_end)
    OR (c.item_id, c.night) IN (SELECT b.item_id, b.night FROM booking.blocked_nights b WHERE b.block_id = p_old_block_id)
  ORDER BY c.item_id, c.night FOR UPDATE;

  v_gone := booking.missing_nights(p_booking_id, p_item_id, p_start, p_end, p_quantity);
  IF cardinality(v_gone) > 0 THEN
    DELETE FROM booking.inventory_blocks WHERE id = p_block_id;
    RETURN v_gone;
  END IF;

  UPDATE booking.availability_calendar c SET blocked = c.blocked + swapped.places
  FROM (
    SELECT item_id, night, sum(places) AS places FROM (
      SELECT b.item_id, b.night, -k.quantity AS places
      FROM booking.blocked_nights b JOIN booking.inventory_blocks k ON k.id = b.block_id
      WHERE b.block_id = p_old_block_id
      UNION ALL
      SELECT p_item_id, n::date, p_quantity FROM generate_series(p_start, p_end - 1, interval '1 day') n
    ) moves GROUP BY item_id, night
  ) swapped
  WHERE c.item_id = swapped.item_id AND c.night = swapped.night AND swapped.places <> 0;

  INSERT INTO booking.blocked_nights (block_id, item_id, night)
  SELECT p_block_id, p_item_id, n::date FROM generate_series(p_start, p_end - 1, interval '1 day') n;
  DELETE FROM booking.blocked_nights WHERE block_id = p_old_block_id;
  -- A tombstone, as every release leaves one.
  INSERT INTO booking.inventory_blocks (id, booking_id, item_id, quantity, status)
  VALUES (p_old_block_id, p_booking_id, p_item_id, p_quantity, 'released')
  ON CONFLICT (id) DO UPDATE SET status = 'released';
  RETURN '{}';
END $$;

-- The step that changes a booking. p carries besides: change {itemId, itemName, stay, guests, quantity, price, terms},
-- the agreement from now on. Its number and its lane stay. Answers the step, or {"gone": [...]} / {"released": true}.
CREATE FUNCTION booking.commit_change(p jsonb, p_old_block_id text, p_block_id text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_answer jsonb := booking.taken_step(p);
  c jsonb := p->'change';
  v_start date := (c->'stay'->>'start')::date;
  v_end date := (c->'stay'->>'end')::date;
  v_gone date[];
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_gone := booking.swap_nights(p_old_block_id, p_block_id, p->>'bookingId', c->>'itemId', v_start, v_end,
    (c->>'quantity')::integer);
  -- A twin of this very step may have swapped them while this one waited.
  v_answer := booking.taken_step(p);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  ELSIF v_gone IS NULL THEN
    RETURN jsonb_build_object('released', true);
  ELSIF cardinality(v_gone) > 0 THEN
    RETURN jsonb_build_object('gone', to_jsonb(v_gone));
  END IF;

  v_answer := booking.commit_step(p);
  UPDATE booking.bookings SET
    item_id = c->>'itemId',
    item_kind = (SELECT kind FROM booking.items WHERE id = c->>'itemId'),
    item_name = c->>'itemName',
    start_date = v_start,
    end_date = v_end,
    guests = (c->>'guests')::integer,
    quantity = (c->>'quantity')::integer,
    price_amount = (c->'price'->>'amount')::integer,
    terms = c->'terms'
  WHERE id = p->>'bookingId';
  -- Pending requests for the nights that were taken are asked to look again; those given back harm nobody.
  INSERT INTO booking.sweeps (booking_id, item_id, start_date, end_date)
  VALUES (p->>'bookingId', c->>'itemId', v_start, v_end);
  RETURN v_answer;
END $$;

-- The step after an early departure: gives back the nights from the day on that follows it where the item is, and
-- says in the fact's details which. Answers the step, or null where there is none left to give back.
CREATE FUNCTION booking.commit_departure(p jsonb, p_block_id text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_taken jsonb := booking.taken_step(p);
  v_block booking.inventory_blocks;
  v_from date;
  v_last date;
BEGIN
  IF v_taken IS NOT NULL THEN
    RETURN v_taken;
  END IF;
  SELECT * INTO v_block FROM booking.inventory_blocks WHERE id = p_block_id;
  SELECT ((p->>'at')::timestamptz AT TIME ZONE i.time_zone)::date + 1 INTO v_from
  FROM booking.items i WHERE i.id = v_block.item_id;
  SELECT max(night) INTO v_last FROM booking.blocked_nights WHERE block_id = p_block_id AND night >= v_from;
  IF v_last IS NULL THEN
    -- A twin of this very step may have given them back meanwhile.
    RETURN booking.taken_step(p);
  END IF;
  RETURN booking.commit_release(
    jsonb_set(p, '{details}', jsonb_build_object(
      'blockId', p_block_id, 'stay', jsonb_build_object('start', v_from, 'end', v_last + 1))),
    p_block_id, v_block.item_id, v_block.quantity, v_from);
END $$;
