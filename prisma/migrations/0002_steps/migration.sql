-- One statement per step: booking row, event log and outbox change together, and a repeated step changes nothing.
-- Each function takes the step as one document:
--   {bookingId, sequence, type, from, state, undo, actor, reasonCode, reason, details, attempts, at, patch}

CREATE FUNCTION booking.fact_id(p_booking_id text, p_sequence integer, p_type text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT left(encode(sha256(convert_to(p_booking_id || '/' || p_sequence || '/' || p_type, 'UTF8')), 'hex'), 32)
$$;

-- The answer of a step that has already been taken, or null.
CREATE FUNCTION booking.taken_step(p jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('bookingId', booking_id, 'state', state, 'undo', undo, 'sequence', sequence)
  FROM booking.booking_events
  WHERE fact_id = booking.fact_id(p->>'bookingId', (p->>'sequence')::integer, p->>'type')
$$;

CREATE FUNCTION booking.record_fact(p jsonb, p_lane integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_fact_id text := booking.fact_id(p->>'bookingId', (p->>'sequence')::integer, p->>'type');
BEGIN
  INSERT INTO booking.booking_events
    (fact_id, booking_id, sequence, type, from_state, state, undo, actor, reason_code, reason, details, attempts, at)
  VALUES
    (v_fact_id, p->>'bookingId', (p->>'sequence')::integer, p->>'type', p->>'from', p->>'state', p->>'undo',
     p->>'actor', p->>'reasonCode', p->>'reason', COALESCE(p->'details', '{}'), (p->>'attempts')::integer,
     (p->>'at')::timestamptz);
  INSERT INTO booking.outbox (lane, fact_id, booking_id) VALUES (p_lane, v_fact_id, p->>'bookingId');
END $$;

-- Opens a booking. p carries besides: request {system, itemId, itemName, ownerId, travelerId, stay, guests,
-- quantity, price, terms} and decisionBy.
CREATE FUNCTION booking.open_booking(p jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  r jsonb := p->'request';
  v_lane integer;
BEGIN
  INSERT INTO booking.bookings
    (id, system, item_id, item_name, owner_id, traveler_id, start_date, end_date, guests, quantity,
     price_amount, currency, terms, lane, state, undo, sequence, decision_by, created_at, updated_at)
  VALUES
    (p->>'bookingId', r->>'system', r->>'itemId', r->>'itemName', r->>'ownerId', r->>'travelerId',
     (r->'stay'->>'start')::date, (r->'stay'->>'end')::date, (r->>'guests')::integer, (r->>'quantity')::integer,
     (r->'price'->>'amount')::integer, r->'price'->>'currency', r->'terms',
     abs(hashtext(r->>'itemId') % 16), p->>'state', p->>'undo', (p->>'sequence')::integer,
     (p->>'decisionBy')::timestamptz, (p->>'at')::timestamptz, (p->>'at')::timestamptz)
  ON CONFLICT (id) DO NOTHING
  RETURNING lane INTO v_lane;
  IF v_lane IS NOT NULL THEN
    PERFORM booking.record_fact(p, v_lane);
  END IF;
  RETURN booking.taken_step(p);
END $$;

-- Commits a step of an open booking: only from the state and the sequence the saga knows.
CREATE FUNCTION booking.commit_step(p jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_taken jsonb := booking.taken_step(p);
  v_patch jsonb := COALESCE(p->'patch', '{}');
  v_booking booking.bookings;
BEGIN
  IF v_taken IS NOT NULL THEN
    RETURN v_taken;
  END IF;

  UPDATE booking.bookings SET
    state = p->>'state',
    undo = p->>'undo',
    sequence = (p->>'sequence')::integer,
    reason_code = COALESCE(p->>'reasonCode', reason_code),
    reason = COALESCE(p->>'reason', reason),
    payment_by = COALESCE((v_patch->>'paymentBy')::timestamptz, payment_by),
    payment_status = COALESCE(v_patch->>'paymentStatus', payment_status),
    authorization_id = COALESCE(v_patch->>'authorizationId', authorization_id),
    updated_at = (p->>'at')::timestamptz
  WHERE id = p->>'bookingId' AND state = p->>'from' AND sequence = (p->>'sequence')::integer - 1
  RETURNING * INTO v_booking;

  IF v_booking.id IS NULL THEN
    -- A twin of this very step may have committed while the update waited for its row.
    v_taken := booking.taken_step(p);
    IF v_taken IS NULL THEN
      RAISE EXCEPTION 'step % of booking % conflicts: expected % at sequence %', p->>'type', p->>'bookingId',
        p->>'from', (p->>'sequence')::integer - 1 USING ERRCODE = 'BS001';
    END IF;
    RETURN v_taken;
  END IF;

  PERFORM booking.record_fact(p, v_booking.lane);
  IF p->>'type' = 'booking.confirmed' THEN
    INSERT INTO booking.sweeps (booking_id, item_id, start_date, end_date)
    VALUES (v_booking.id, v_booking.item_id, v_booking.start_date, v_booking.end_date);
  END IF;
  RETURN booking.taken_step(p);
END $$;

-- The nights of [p_start, p_end) that cannot take p_quantity more, in order. Takes no locks.
CREATE FUNCTION booking.unavailable_nights(p_item_id text, p_start date, p_end date, p_quantity integer)
RETURNS date[] LANGUAGE sql STABLE AS $$
  SELECT COALESCE(array_agg(night ORDER BY night), '{}')
  FROM booking.availability_calendar
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end
    AND (closed OR blocked + p_quantity > capacity + overbooking)
$$;

-- Takes every night of the stay or none. Answers the nights that are gone: empty where all were taken,
-- null where this block was released before it arrived.
CREATE FUNCTION booking.block_nights(
  p_block_id text, p_booking_id text, p_item_id text, p_start date, p_end date, p_quantity integer
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

  -- Rows are made and locked in the order of the nights, so that two blocks cannot wait for each other.
  INSERT INTO booking.availability_calendar (item_id, night, capacity, overbooking)
  SELECT i.id, n::date, i.capacity, i.overbooking
  FROM booking.items i, generate_series(p_start, p_end - 1, interval '1 day') n
  WHERE i.id = p_item_id ORDER BY n
  ON CONFLICT (item_id, night) DO NOTHING;

  PERFORM 1 FROM booking.availability_calendar
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end
  ORDER BY night FOR UPDATE;

  v_gone := booking.unavailable_nights(p_item_id, p_start, p_end, p_quantity);
  IF cardinality(v_gone) > 0 THEN
    DELETE FROM booking.inventory_blocks WHERE id = p_block_id;
    RETURN v_gone;
  END IF;

  UPDATE booking.availability_calendar SET blocked = blocked + p_quantity
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end;
  INSERT INTO booking.blocked_nights (block_id, item_id, night)
  SELECT p_block_id, p_item_id, n::date FROM generate_series(p_start, p_end - 1, interval '1 day') n;
  RETURN '{}';
END $$;

-- Gives a block's nights back, from the block's own rows; leaves a tombstone even where it never came.
CREATE FUNCTION booking.release_nights(p_block_id text, p_booking_id text, p_item_id text, p_quantity integer)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO booking.inventory_blocks (id, booking_id, item_id, quantity, status)
  VALUES (p_block_id, p_booking_id, p_item_id, p_quantity, 'released')
  ON CONFLICT (id) DO UPDATE SET status = 'released';

  PERFORM 1 FROM booking.availability_calendar c JOIN booking.blocked_nights b USING (item_id, night)
  WHERE b.block_id = p_block_id ORDER BY c.item_id, c.night FOR UPDATE OF c;

  UPDATE booking.availability_calendar c SET blocked = c.blocked - k.quantity
  FROM booking.blocked_nights b JOIN booking.inventory_blocks k ON k.id = b.block_id
  WHERE b.block_id = p_block_id AND c.item_id = b.item_id AND c.night = b.night;
  DELETE FROM booking.blocked_nights WHERE block_id = p_block_id;
END $$;

-- The step that blocks the nights: both or neither. Answers the step, or {"gone": [...]} / {"released": true}.
CREATE FUNCTION booking.commit_block(p jsonb, p_block_id text, p_item_id text, p_start date, p_end date, p_quantity integer)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_taken jsonb := booking.taken_step(p);
  v_gone date[];
BEGIN
  IF v_taken IS NOT NULL THEN
    RETURN v_taken;
  END IF;
  v_gone := booking.block_nights(p_block_id, p->>'bookingId', p_item_id, p_start, p_end, p_quantity);
  IF v_gone IS NULL THEN
    RETURN jsonb_build_object('released', true);
  ELSIF cardinality(v_gone) > 0 THEN
    RETURN jsonb_build_object('gone', to_jsonb(v_gone));
  END IF;
  RETURN booking.commit_step(p);
END $$;

CREATE FUNCTION booking.commit_release(p jsonb, p_block_id text, p_item_id text, p_quantity integer)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM booking.release_nights(p_block_id, p->>'bookingId', p_item_id, p_quantity);
  RETURN booking.commit_step(p);
END $$;
