-- The travel system: departures, bills with invoice numbers, money taken before confirmation.
INSERT INTO booking.booking_transitions (from_state, type, state) VALUES
  ('PAYMENT_AUTHORIZED', 'payment.captured', 'PAYMENT_AUTHORIZED'),
  ('PAYMENT_AUTHORIZED', 'payment.capture-failed', 'PAYMENT_AUTHORIZED');

ALTER TABLE booking.items ADD COLUMN departure_date date;

-- The item's kind when it was booked: what listeners are told, without reading the item for every message.
ALTER TABLE booking.bookings ADD COLUMN item_kind text;
UPDATE booking.bookings b SET item_kind = i.kind FROM booking.items i WHERE i.id = b.item_id;
ALTER TABLE booking.bookings ALTER COLUMN item_kind SET NOT NULL;

ALTER TABLE booking.bookings DROP CONSTRAINT bookings_payment_status_check;
ALTER TABLE booking.bookings ADD CONSTRAINT bookings_payment_status_check CHECK
  (payment_status IN ('none', 'declined', 'authorized', 'captured', 'voided', 'refunded', 'settled', 'failed'));

-- What the traveler said of the journey: may name people, so it stays out of the saga, the log and the outbox.
-- Written before the saga starts; erasing a person deletes their rows.
CREATE TABLE booking.booking_details (
  booking_id text PRIMARY KEY,
  traveler_id text NOT NULL,
  details jsonb NOT NULL
);
CREATE INDEX booking_details_traveler ON booking.booking_details (traveler_id);

CREATE TABLE booking.billing_records (
  id text PRIMARY KEY,
  booking_id text NOT NULL UNIQUE REFERENCES booking.bookings (id),
  traveler_id text NOT NULL,
  owner_id text NOT NULL,
  amount integer NOT NULL,
  currency char(3) NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'paid', 'failed', 'refunded')),
  -- Given when the booking is confirmed.
  invoice_number text UNIQUE,
  invoiced_at timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);

-- The last invoice number of each owner. Its row is locked until the confirmation commits: numbers have no gaps.
CREATE TABLE booking.invoice_counters (
  owner_id text PRIMARY KEY,
  last integer NOT NULL
);

CREATE FUNCTION booking.next_invoice_number(p_owner_id text) RETURNS text
LANGUAGE sql AS $$
  INSERT INTO booking.invoice_counters AS c (owner_id, last) VALUES (p_owner_id, 1)
  ON CONFLICT (owner_id) DO UPDATE SET last = c.last + 1
  RETURNING 'INV-' || owner_id || '-' || lpad(last::text, greatest(6, length(last::text)), '0')
$$;

-- A bill follows its booking in the booking's own transaction, whatever the step.
CREATE FUNCTION booking.follow_with_bill() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  v_status text;
BEGIN
  v_status := CASE
    WHEN NEW.payment_status = 'refunded' THEN 'refunded'
    WHEN NEW.state IN ('CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT') THEN 'paid'
    WHEN NEW.state IN ('REJECTED', 'EXPIRED', 'FAILED') THEN 'failed'
    -- Called off before any money was taken; what was taken stays paid until it is given back.
    WHEN NEW.state = 'CANCELLED' AND NEW.payment_status NOT IN ('captured', 'settled') THEN 'failed'
  END;
  IF v_status IS NOT NULL THEN
    UPDATE booking.billing_records SET
      status = v_status,
      updated_at = NEW.updated_at
    WHERE booking_id = NEW.id AND status <> v_status;
  END IF;
  IF NEW.state = 'CONFIRMED' AND OLD.state <> 'CONFIRMED' THEN
    UPDATE booking.billing_records SET
      invoice_number = booking.next_invoice_number(owner_id),
      invoiced_at = NEW.updated_at
    WHERE booking_id = NEW.id AND invoice_number IS NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER follow_with_bill AFTER UPDATE OF state, payment_status ON booking.bookings
  FOR EACH ROW
  WHEN (NEW.system = 'travel' AND (NEW.state <> OLD.state OR NEW.payment_status <> OLD.payment_status))
  EXECUTE FUNCTION booking.follow_with_bill();

CREATE OR REPLACE FUNCTION booking.open_booking(p jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  r jsonb := p->'request';
  v_lane integer;
BEGIN
  INSERT INTO booking.bookings
    (id, system, item_id, item_kind, item_name, owner_id, traveler_id, start_date, end_date, guests, quantity,
     price_amount, currency, terms, lane, state, undo, sequence, decision_by, created_at, updated_at)
  VALUES
    (p->>'bookingId', r->>'system', r->>'itemId',
     (SELECT kind FROM booking.items WHERE id = r->>'itemId'), r->>'itemName', r->>'ownerId', r->>'travelerId',
     (r->'stay'->>'start')::date, (r->'stay'->>'end')::date, (r->>'guests')::integer, (r->>'quantity')::integer,
     (r->'price'->>'amount')::integer, r->'price'->>'currency', r->'terms',
     abs(hashtext(r->>'itemId') % 16), p->>'state', p->>'undo', (p->>'sequence')::integer,
     (p->>'decisionBy')::timestamptz, (p->>'at')::timestamptz, (p->>'at')::timestamptz)
  ON CONFLICT (id) DO NOTHING
  RETURNING lane INTO v_lane;
  IF v_lane IS NOT NULL THEN
    PERFORM booking.record_fact(p, v_lane);
    IF r->>'billingId' IS NOT NULL THEN
      INSERT INTO booking.billing_records
        (id, booking_id, traveler_id, owner_id, amount, currency, status, created_at, updated_at)
      VALUES
        (r->>'billingId', p->>'bookingId', r->>'travelerId', r->>'ownerId', (r->'price'->>'amount')::integer,
         r->'price'->>'currency', 'pending', (p->>'at')::timestamptz, (p->>'at')::timestamptz);
    END IF;
  END IF;
  RETURN booking.taken_step(p);
END $$;

-- The provider's side: what was given back from a captured hold, each refund under its own key.
ALTER TABLE payment_simulator.authorizations ADD COLUMN refunded integer NOT NULL DEFAULT 0;
CREATE TABLE payment_simulator.refunds (
  key text PRIMARY KEY,
  authorization_id text NOT NULL,
  amount integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
