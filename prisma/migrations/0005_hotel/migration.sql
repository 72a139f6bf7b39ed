-- The hotel system: confirmation numbers, cancellation policies, no-shows, closing of dates.
INSERT INTO booking.booking_transitions (from_state, type, state) VALUES
  ('CANCELLED', 'payment.captured', 'CANCELLED'),
  ('CANCELLED', 'payment.capture-failed', 'CANCELLED'),
  ('CANCELLED', 'payment.settled', 'CANCELLED'),
  ('NO_SHOW', 'undo.completed', 'NO_SHOW'),
  ('NO_SHOW', 'undo.needs-operator', 'NO_SHOW'),
  ('NO_SHOW', 'undo.skipped', 'NO_SHOW'),
  ('NO_SHOW', 'payment.captured', 'NO_SHOW'),
  ('NO_SHOW', 'payment.capture-failed', 'NO_SHOW'),
  ('NO_SHOW', 'payment.settled', 'NO_SHOW');

-- Property and room type of a hotel's item are the two halves of its id (domain/hotel.ts).
ALTER TABLE booking.items
  ADD COLUMN cancellation_policy jsonb,
  ADD COLUMN no_show_time text,
  ADD CONSTRAINT items_of_hotels_are_room_types CHECK (system <> 'hotel' OR id ~ '^[^:]+:[^:]+$');

-- What a hotel's guest knows a booking by. Numbers may be missing, none is given twice.
ALTER TABLE booking.bookings ADD COLUMN confirmation_number text UNIQUE;
CREATE SEQUENCE booking.confirmation_numbers;

-- Given in the very statement that opens the booking, and the lane of its property with it: all that is told on one
-- Kafka key, the property, shares one lane.
CREATE FUNCTION booking.number_reservation() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  v_number text := nextval('booking.confirmation_numbers')::text;
BEGIN
  NEW.confirmation_number := 'RSV-' || to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY') || '-'
    || lpad(v_number, greatest(6, length(v_number)), '0');
  NEW.lane := abs(hashtext(split_part(NEW.item_id, ':', 1)) % 16);
  RETURN NEW;
END $$;
CREATE TRIGGER number_reservation BEFORE INSERT ON booking.bookings
  FOR EACH ROW WHEN (NEW.system = 'hotel') EXECUTE FUNCTION booking.number_reservation();

-- Releasing may keep the nights before p_from: a room was kept for a guest who never came.
DROP FUNCTION booking.commit_release(jsonb, text, text, integer);
DROP FUNCTION booking.release_nights(text, text, text, integer);

-- Gives a block's nights from p_from on back, from the block's own rows; leaves a tombstone even where it never came.
CREATE FUNCTION booking.release_nights(
  p_block_id text, p_booking_id text, p_item_id text, p_quantity integer, p_from date DEFAULT '-infinity'
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO booking.inventory_blocks (id, booking_id, item_id, quantity, status)
  VALUES (p_block_id, p_booking_id, p_item_id, p_quantity, 'released')
  -- Changes nothing, but waits for a block or a twin under way.
  ON CONFLICT (id) DO UPDATE SET status = inventory_blocks.status;

  PERFORM 1 FROM booking.availability_calendar c JOIN booking.blocked_nights b USING (item_id, night)
  WHERE b.block_id = p_block_id AND b.night >= p_from ORDER BY c.item_id, c.night FOR UPDATE OF c;

  UPDATE booking.availability_calendar c SET blocked = c.blocked - k.quantity
  FROM booking.blocked_nights b JOIN booking.inventory_blocks k ON k.id = b.block_id
  WHERE b.block_id = p_block_id AND b.night >= p_from AND c.item_id = b.item_id AND c.night = b.night;
  DELETE FROM booking.blocked_nights WHERE block_id = p_block_id AND night >= p_from;

  UPDATE booking.inventory_blocks SET status = 'released'
  WHERE id = p_block_id AND NOT EXISTS (SELECT FROM booking.blocked_nights WHERE block_id = p_block_id);
END $$;

CREATE FUNCTION booking.commit_release(
  p jsonb, p_block_id text, p_item_id text, p_quantity integer, p_from date DEFAULT '-infinity'
) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM booking.release_nights(p_block_id, p->>'bookingId', p_item_id, p_quantity, p_from);
  RETURN booking.commit_step(p);
END $$;

-- An owner's closing of dates also makes pending requests look at the calendar again; no booking stands behind it.
ALTER TABLE booking.sweeps ALTER COLUMN booking_id DROP NOT NULL;

-- Closes the nights of [p_start, p_end) for sale, or none: where some are sold, answers which by which bookings.
CREATE FUNCTION booking.close_nights(p_item_id text, p_start date, p_end date)
RETURNS TABLE (night date, booking_id text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO booking.availability_calendar (item_id, night, capacity, overbooking)
  SELECT i.id, n::date, i.capacity, i.overbooking
  FROM booking.items i, generate_series(p_start, p_end - 1, interval '1 day') n
  WHERE i.id = p_item_id ORDER BY n
  ON CONFLICT (item_id, night) DO NOTHING;

  -- In the order in which blocks lock them.
  PERFORM 1 FROM booking.availability_calendar c
  WHERE c.item_id = p_item_id AND c.night >= p_start AND c.night < p_end ORDER BY c.night FOR UPDATE;

  RETURN QUERY
    SELECT b.night, k.booking_id FROM booking.blocked_nights b JOIN booking.inventory_blocks k ON k.id = b.block_id
    WHERE b.item_id = p_item_id AND b.night >= p_start AND b.night < p_end ORDER BY b.night, k.booking_id;
  IF FOUND THEN
    RETURN;
  END IF;
  UPDATE booking.availability_calendar c SET closed = true
  WHERE c.item_id = p_item_id AND c.night >= p_start AND c.night < p_end;
  INSERT INTO booking.sweeps (item_id, start_date, end_date) VALUES (p_item_id, p_start, p_end);
END $$;
