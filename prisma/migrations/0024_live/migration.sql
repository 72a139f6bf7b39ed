-- What an owner's live stream reads: the facts of all of an owner's bookings, and which transaction committed each, so
-- that whoever knows a snapshot of the database can ask for what was committed since (docs/decisions/0018-live-streams.md).

-- No default rewrites the table. Facts from before have no owner: streams begin later than they do.
ALTER TABLE booking.booking_events
  ADD COLUMN owner_id text,
  ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- The highest transaction id of the booking's facts up to this one: a transaction can get its id, then wait for the
  -- booking. In the order of place, booking and sequence no fact stands before an earlier one of its booking.
  ADD COLUMN place xid8 NOT NULL DEFAULT pg_current_xact_id();

-- By a trigger, so that every function that records a fact does so alike, those of later migrations too.
CREATE FUNCTION booking.place_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.owner_id := (SELECT owner_id FROM booking.bookings WHERE id = NEW.booking_id);
  NEW.place := greatest(NEW.transaction_id, (
    SELECT place FROM booking.booking_events
    WHERE booking_id = NEW.booking_id AND sequence < NEW.sequence ORDER BY sequence DESC LIMIT 1));
  RETURN NEW;
END $$;
CREATE TRIGGER place_fact BEFORE INSERT ON booking.booking_events
  FOR EACH ROW EXECUTE FUNCTION booking.place_fact();
