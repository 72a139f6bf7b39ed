-- Owners manage their items: terms that keep to what is sold, closing of dates that is told, a policy for requests.

-- What a Kafka key is made of: of a hotel's item the half before the colon. Elsewhere a colon would put messages under
-- a key of another lane.
ALTER TABLE booking.items
  ADD CONSTRAINT only_room_types_hold_a_colon CHECK (system = 'hotel' OR position(':' IN id) = 0) NOT VALID;
CREATE INDEX items_property ON booking.items (split_part(id, ':', 1));

-- The nights of [p_start, p_end) that cannot take p_quantity more, in order, and why: 'closed' or 'sold-out'.
CREATE FUNCTION booking.unavailable_reasons(p_item_id text, p_start date, p_end date, p_quantity integer)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT COALESCE(jsonb_agg(jsonb_build_object(
    'night', night, 'reason', CASE WHEN closed THEN 'closed' ELSE 'sold-out' END) ORDER BY night), '[]')
  FROM booking.availability_calendar
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end
    AND (closed OR blocked + p_quantity > capacity + overbooking)
$$;

-- Makes the calendar's rows that are missing, and locks all of the span in the order of the nights.
CREATE FUNCTION booking.lock_nights(p_item_id text, p_start date, p_end date) RETURNS void
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
  PERFORM 1 FROM booking.availability_calendar
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end ORDER BY night FOR UPDATE;
END $$;

CREATE OR REPLACE FUNCTION booking.block_nights(
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

  PERFORM booking.lock_nights(p_item_id, p_start, p_end);
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

DROP FUNCTION booking.close_nights(text, date, date);

-- Closes the nights of [p_start, p_end) for sale, or none: where some are sold, answers which by which bookings.
-- What was closed before is not told again.
CREATE FUNCTION booking.close_nights(p_item_id text, p_start date, p_end date, p_actor_id text)
RETURNS TABLE (night date, booking_id text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  -- The item first and its nights after it, as every change by an owner.
  PERFORM 1 FROM booking.items WHERE id = p_item_id FOR NO KEY UPDATE;
  PERFORM booking.lock_nights(p_item_id, p_start, p_end);

  RETURN QUERY
    SELECT b.night, k.booking_id FROM booking.blocked_nights b JOIN booking.inventory_blocks k ON k.id = b.block_id
    WHERE b.item_id = p_item_id AND b.night >= p_start AND b.night < p_end ORDER BY b.night, k.booking_id;
  IF FOUND THEN
    RETURN;
  END IF;

  UPDATE booking.availability_calendar c SET closed = true
  WHERE c.item_id = p_item_id AND c.night >= p_start AND c.night < p_end AND NOT c.closed;
  IF FOUND THEN
    PERFORM booking.record_item_fact(p_item_id, 'availability.closed', p_actor_id,
      jsonb_build_object('stay', jsonb_build_object('start', p_start, 'end', p_end)));
    INSERT INTO booking.sweeps (item_id, start_date, end_date) VALUES (p_item_id, p_start, p_end);
  END IF;
END $$;

-- Puts closed nights of [p_start, p_end) on sale again. Answers whether any was closed.
CREATE FUNCTION booking.open_nights(p_item_id text, p_start date, p_end date, p_actor_id text)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM booking.items WHERE id = p_item_id FOR NO KEY UPDATE;
  PERFORM 1 FROM booking.availability_calendar
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end AND closed ORDER BY night FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE booking.availability_calendar SET closed = false
  WHERE item_id = p_item_id AND night >= p_start AND night < p_end AND closed;
  PERFORM booking.record_item_fact(p_item_id, 'availability.opened', p_actor_id,
    jsonb_build_object('stay', jsonb_build_object('start', p_start, 'end', p_end)));
  RETURN true;
END $$;

-- Puts an item into the catalogue: p_item holds its columns by name. Answers null, or what stands against it:
-- 'exists', or 'property-of-another' where other room types of its property have another owner.
CREATE FUNCTION booking.create_item(p_item jsonb, p_actor_id text, p_details jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_new booking.items := jsonb_populate_record(NULL::booking.items, p_item);
  v_property text := split_part(v_new.id, ':', 1);
BEGIN
  -- Two owners must not found one property at the same time.
  PERFORM pg_advisory_xact_lock(4270003, hashtext(v_property));
  IF EXISTS (SELECT FROM booking.items WHERE split_part(id, ':', 1) = v_property AND owner_id <> v_new.owner_id) THEN
    RETURN 'property-of-another';
  ELSIF EXISTS (SELECT FROM booking.items WHERE id = v_new.id) THEN
    RETURN 'exists';
  END IF;
  INSERT INTO booking.items
    (id, system, kind, owner_id, name, nightly_amount, currency, capacity, overbooking, max_guests, time_zone,
     check_in_time, check_out_time, no_show_time, departure_date, instant, decision_window_seconds,
     payment_deadline_seconds, grace_seconds, cancellation_policy, payment_policy, block_policy, min_nights, max_nights,
     lead_time_hours, commission_basis_points, on_sale,
     version)
  VALUES
    (v_new.id, v_new.system, v_new.kind, v_new.owner_id, v_new.name, v_new.nightly_amount, v_new.currency,
     v_new.capacity, v_new.overbooking, v_new.max_guests, v_new.time_zone, v_new.check_in_time, v_new.check_out_time,
     v_new.no_show_time, v_new.departure_date, v_new.instant, v_new.decision_window_seconds,
     v_new.payment_deadline_seconds, v_new.grace_seconds, v_new.cancellation_policy, v_new.payment_policy,
     v_new.block_policy, v_new.min_nights, v_new.max_nights, v_new.lead_time_hours, v_new.commission_basis_points,
     v_new.on_sale,
     0); -- its first fact makes it 1
  PERFORM booking.record_item_fact(v_new.id, 'item.created', p_actor_id, p_details);
  RETURN NULL;
END $$;

-- Changes an item that stands at p_version. p_changes holds columns by name, p_facts what to record of it, in order:
-- [{type, details}]. Capacity and overbooking reach the calendar's nights from p_today on. Answers one of
--   {"version": n}                the item's version now
--   {"conflict": n}               it stands at another version
--   {"booked": ["currency", …]}   columns that an item with bookings keeps
--   {"sold": [{night, sold}, …]}  nights on which more are sold than there would be
CREATE FUNCTION booking.change_item(
  p_item_id text, p_version integer, p_changes jsonb, p_facts jsonb, p_actor_id text, p_today date
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_old booking.items;
  v_new booking.items;
  v_kept text[];
  v_sold jsonb;
  v_fact jsonb;
BEGIN
  -- Holds up blocks that make new nights, and bookings that are being opened, until this is committed.
  SELECT * INTO v_old FROM booking.items WHERE id = p_item_id FOR UPDATE;
  IF v_old.version <> p_version THEN
    RETURN jsonb_build_object('conflict', v_old.version);
  END IF;
  v_new := jsonb_populate_record(v_old, p_changes);

  SELECT array_agg(c) INTO v_kept FROM unnest(ARRAY['currency', 'departure_date']) c
  WHERE to_jsonb(v_old)->c <> to_jsonb(v_new)->c;
  IF v_kept IS NOT NULL AND EXISTS (SELECT FROM booking.bookings WHERE item_id = p_item_id) THEN
    RETURN jsonb_build_object('booked', to_jsonb(v_kept));
  END IF;

  IF (v_old.capacity, v_old.overbooking) <> (v_new.capacity, v_new.overbooking) THEN
    PERFORM 1 FROM booking.availability_calendar
    WHERE item_id = p_item_id AND night >= p_today ORDER BY night FOR UPDATE;
    SELECT jsonb_agg(jsonb_build_object('night', night, 'sold', blocked) ORDER BY night) INTO v_sold
    FROM booking.availability_calendar
    WHERE item_id = p_item_id AND night >= p_today AND blocked > v_new.capacity + v_new.overbooking;
    IF v_sold IS NOT NULL THEN
      RETURN jsonb_build_object('sold', v_sold);
    END IF;
    UPDATE booking.availability_calendar SET capacity = v_new.capacity, overbooking = v_new.overbooking
    WHERE item_id = p_item_id AND night >= p_today;
    IF v_new.capacity + v_new.overbooking < v_old.capacity + v_old.overbooking THEN
      INSERT INTO booking.sweeps (item_id, start_date, end_date) VALUES (p_item_id, p_today, 'infinity');
    END IF;
  END IF;

  UPDATE booking.items SET
    name = v_new.name, nightly_amount = v_new.nightly_amount, currency = v_new.currency,
    capacity = v_new.capacity, overbooking = v_new.overbooking, max_guests = v_new.max_guests,
    time_zone = v_new.time_zone, check_in_time = v_new.check_in_time, check_out_time = v_new.check_out_time,
    no_show_time = v_new.no_show_time, departure_date = v_new.departure_date, instant = v_new.instant,
    decision_window_seconds = v_new.decision_window_seconds,
    payment_deadline_seconds = v_new.payment_deadline_seconds, grace_seconds = v_new.grace_seconds,
    cancellation_policy = v_new.cancellation_policy, payment_policy = v_new.payment_policy,
    block_policy = v_new.block_policy, min_nights = v_new.min_nights, max_nights = v_new.max_nights,
    lead_time_hours = v_new.lead_time_hours, commission_basis_points = v_new.commission_basis_points,
    on_sale = v_new.on_sale
  WHERE id = p_item_id;
  FOR v_fact IN SELECT * FROM jsonb_array_elements(p_facts) LOOP
    PERFORM booking.record_item_fact(p_item_id, v_fact->>'type', p_actor_id, v_fact->'details');
  END LOOP;
  RETURN jsonb_build_object('version', (SELECT version FROM booking.items WHERE id = p_item_id));
END $$;
