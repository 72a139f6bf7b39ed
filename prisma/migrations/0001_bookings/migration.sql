-- Bookings, inventory, event log, outbox. Written by the saga's steps alone, except the idempotency keys,
-- people and payment methods, which the API keeps.
CREATE SCHEMA IF NOT EXISTS booking;

CREATE TABLE booking.items (
  id text PRIMARY KEY,
  system text NOT NULL CHECK (system IN ('stays', 'travel', 'hotel')),
  kind text NOT NULL CHECK (kind IN ('property', 'room', 'flight', 'car')),
  owner_id text NOT NULL,
  name text NOT NULL,
  nightly_amount integer NOT NULL CHECK (nightly_amount >= 0),
  currency char(3) NOT NULL,
  capacity integer NOT NULL CHECK (capacity > 0),
  overbooking integer NOT NULL DEFAULT 0 CHECK (overbooking >= 0),
  max_guests integer NOT NULL CHECK (max_guests > 0),
  time_zone text NOT NULL,
  check_in_time text NOT NULL,
  check_out_time text NOT NULL,
  instant boolean NOT NULL DEFAULT false,
  decision_window_seconds integer NOT NULL,
  payment_deadline_seconds integer NOT NULL,
  grace_seconds integer NOT NULL
);
CREATE INDEX items_owner ON booking.items (owner_id);

-- A night without a row is free: rows come with the first block or closing.
CREATE TABLE booking.availability_calendar (
  item_id text NOT NULL REFERENCES booking.items (id),
  night date NOT NULL,
  capacity integer NOT NULL,
  overbooking integer NOT NULL DEFAULT 0,
  blocked integer NOT NULL DEFAULT 0,
  closed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (item_id, night),
  CONSTRAINT never_double_sold CHECK (blocked >= 0 AND blocked <= capacity + overbooking)
);

-- A released block stays as a tombstone, so that a block arriving after its release does nothing.
CREATE TABLE booking.inventory_blocks (
  id text PRIMARY KEY,
  booking_id text NOT NULL,
  item_id text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  status text NOT NULL CHECK (status IN ('live', 'released')),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX inventory_blocks_booking ON booking.inventory_blocks (booking_id);

CREATE TABLE booking.blocked_nights (
  block_id text NOT NULL REFERENCES booking.inventory_blocks (id),
  item_id text NOT NULL,
  night date NOT NULL,
  PRIMARY KEY (block_id, night)
);

-- The state machine of domain/booking-state.ts; a test holds the two equal.
CREATE TABLE booking.booking_transitions (
  from_state text NOT NULL,
  type text NOT NULL,
  state text NOT NULL,
  PRIMARY KEY (from_state, type, state)
);
INSERT INTO booking.booking_transitions (from_state, type, state) VALUES
  ('NONE', 'booking.opened', 'PENDING'),
  ('PENDING', 'booking.accepted', 'ACCEPTED'),
  ('PENDING', 'booking.rejected', 'REJECTED'),
  ('PENDING', 'booking.expired', 'EXPIRED'),
  ('PENDING', 'booking.cancelled', 'CANCELLED'),
  ('ACCEPTED', 'payment.declined', 'ACCEPTED'),
  ('ACCEPTED', 'payment.authorized', 'PAYMENT_AUTHORIZED'),
  ('ACCEPTED', 'booking.failed', 'FAILED'),
  ('ACCEPTED', 'booking.cancelled', 'CANCELLED'),
  ('PAYMENT_AUTHORIZED', 'inventory.blocked', 'PAYMENT_AUTHORIZED'),
  ('PAYMENT_AUTHORIZED', 'booking.confirmed', 'CONFIRMED'),
  ('PAYMENT_AUTHORIZED', 'booking.failed', 'FAILED'),
  ('PAYMENT_AUTHORIZED', 'booking.cancelled', 'CANCELLED'),
  ('CONFIRMED', 'booking.checked-in', 'CHECKED_IN'),
  ('CONFIRMED', 'booking.no-show', 'NO_SHOW'),
  ('CONFIRMED', 'booking.cancelled', 'CANCELLED'),
  ('CHECKED_IN', 'payment.captured', 'CHECKED_IN'),
  ('CHECKED_IN', 'payment.capture-failed', 'CHECKED_IN'),
  ('CHECKED_IN', 'booking.checked-out', 'CHECKED_OUT'),
  ('CHECKED_OUT', 'payment.settled', 'CHECKED_OUT'),
  ('CANCELLED', 'undo.completed', 'CANCELLED'),
  ('CANCELLED', 'undo.needs-operator', 'CANCELLED'),
  ('CANCELLED', 'undo.skipped', 'CANCELLED'),
  ('FAILED', 'undo.completed', 'FAILED'),
  ('FAILED', 'undo.needs-operator', 'FAILED'),
  ('FAILED', 'undo.skipped', 'FAILED');

CREATE TABLE booking.bookings (
  id text PRIMARY KEY,
  system text NOT NULL,
  item_id text NOT NULL REFERENCES booking.items (id),
  item_name text NOT NULL,
  owner_id text NOT NULL,
  traveler_id text NOT NULL,
  start_date date NOT NULL,
  end_date date NOT NULL,
  guests integer NOT NULL CHECK (guests > 0),
  quantity integer NOT NULL CHECK (quantity > 0),
  price_amount integer NOT NULL CHECK (price_amount >= 0),
  currency char(3) NOT NULL,
  terms jsonb NOT NULL,
  -- The outbox lane of all this booking's messages, fixed when it opens.
  lane integer NOT NULL,
  state text NOT NULL,
  undo text NOT NULL DEFAULT 'none' CHECK (undo IN ('none', 'running', 'done', 'needs_operator')),
  sequence integer NOT NULL CHECK (sequence > 0),
  reason_code text,
  reason text,
  decision_by timestamptz(3) NOT NULL,
  payment_by timestamptz(3),
  payment_status text NOT NULL DEFAULT 'none'
    CHECK (payment_status IN ('none', 'declined', 'authorized', 'captured', 'voided', 'settled', 'failed')),
  authorization_id text,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  CHECK (end_date > start_date)
);
CREATE INDEX bookings_traveler ON booking.bookings (traveler_id, created_at DESC, id DESC);
CREATE INDEX bookings_owner ON booking.bookings (owner_id, created_at DESC, id DESC);
CREATE INDEX bookings_pending ON booking.bookings (item_id, start_date, end_date) WHERE state = 'PENDING';

CREATE TABLE booking.booking_events (
  fact_id text PRIMARY KEY,
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  sequence integer NOT NULL,
  type text NOT NULL,
  from_state text NOT NULL,
  state text NOT NULL,
  undo text NOT NULL,
  actor text NOT NULL CHECK (actor IN ('OWNER', 'TRAVELER', 'SYSTEM')),
  reason_code text,
  reason text,
  details jsonb NOT NULL DEFAULT '{}',
  attempts integer NOT NULL DEFAULT 1,
  at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (booking_id, sequence),
  CONSTRAINT legal_transition FOREIGN KEY (from_state, type, state)
    REFERENCES booking.booking_transitions (from_state, type, state)
);

-- A queue, not a log: rows are deleted once the broker has the messages.
CREATE TABLE booking.outbox (
  id bigserial PRIMARY KEY,
  lane integer NOT NULL,
  fact_id text NOT NULL,
  booking_id text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Set when the broker refuses the message for good; the booking's later rows then wait.
  refused_at timestamptz(3),
  refusal text
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX outbox_lane ON booking.outbox (lane, id);
CREATE INDEX outbox_refused ON booking.outbox (booking_id) WHERE refused_at IS NOT NULL;

-- Which lane was let go of cleanly: a holder that vanished may still have a batch on the wire.
CREATE TABLE booking.relay_lanes (
  lane integer PRIMARY KEY,
  clean boolean NOT NULL DEFAULT true,
  holder text,
  since timestamptz(3)
);
INSERT INTO booking.relay_lanes (lane) SELECT generate_series(0, 15);

-- Confirmed nights whose other pending requests are still to be asked to look at the calendar again.
CREATE TABLE booking.sweeps (
  id bigserial PRIMARY KEY,
  booking_id text NOT NULL,
  item_id text NOT NULL,
  start_date date NOT NULL,
  end_date date NOT NULL
);

CREATE TABLE booking.idempotency_keys (
  id bigserial PRIMARY KEY,
  caller text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  body_hash text NOT NULL,
  booking_id text NOT NULL,
  status integer,
  answer jsonb,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  driven_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (caller, route, key)
);
CREATE INDEX idempotency_keys_age ON booking.idempotency_keys (created_at);

CREATE TABLE booking.people (
  id text PRIMARY KEY,
  name text,
  email text
);

CREATE TABLE booking.payment_methods (
  traveler_id text PRIMARY KEY,
  token text
);
