-- What an owner's live stream reads: the facts of all of an owner's bookings, and which transaction committed each, so
-- that whoever knows a snapshot of the database can ask for what was committed since (docs/decisions/0018-live-streams.md).

-- Neither default rewrites the table. Facts from before have no owner: streams begin later than they do.
ALTER TABLE booking.booking_events
  ADD COLUMN owner_id text,
  ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id();

-- By a trigger, so that every function that records a fact does so alike, those of later migrations too.
CREATE FUNCTION booking.name_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.owner_id := (SELECT owner_id FROM booking.bookings WHERE id = NEW.booking_id);
  RETURN NEW;
END $$;
CREATE TRIGGER name_owner BEFORE INSERT ON booking.booking_events
  FOR EACH ROW EXECUTE FUNCTION booking.name_owner();
