-- What the whole stay adds: facts of changes and of money, terms of items, and facts about items without a booking.
INSERT INTO booking.booking_transitions (from_state, type, state) VALUES
  ('PENDING', 'inventory.blocked', 'PENDING'),
  ('PENDING', 'inventory.released', 'PENDING'),
  ('ACCEPTED', 'payment.card-saved', 'PAYMENT_AUTHORIZED'),
  ('CONFIRMED', 'booking.modified', 'CONFIRMED'),
  ('CONFIRMED', 'booking.failed', 'FAILED'),
  ('CHECKED_OUT', 'payment.voided', 'CHECKED_OUT'),
  ('CHECKED_OUT', 'payment.captured', 'CHECKED_OUT'),
  ('CHECKED_OUT', 'payment.capture-failed', 'CHECKED_OUT'),
  ('CHECKED_OUT', 'inventory.released', 'CHECKED_OUT'),
  ('CONFIRMED', 'payment.captured', 'CONFIRMED'),
  ('CONFIRMED', 'payment.capture-failed', 'CONFIRMED'),
  ('FAILED', 'payment.captured', 'FAILED'),
  ('FAILED', 'payment.capture-failed', 'FAILED'),
  ('FAILED', 'payment.settled', 'FAILED');
INSERT INTO booking.booking_transitions (from_state, type, state)
SELECT s, t, s FROM unnest(ARRAY['REJECTED', 'EXPIRED']) s,
  unnest(ARRAY['undo.completed', 'undo.needs-operator', 'undo.skipped']) t;
INSERT INTO booking.booking_transitions (from_state, type, state)
SELECT s, t, s FROM unnest(ARRAY['CONFIRMED', 'CHECKED_IN']) s,
  unnest(ARRAY['payment.card-saved', 'payment.authorized', 'payment.declined', 'payment.voided']) t;
INSERT INTO booking.booking_transitions (from_state, type, state)
SELECT s, t, s FROM unnest(ARRAY['CONFIRMED', 'CHECKED_IN', 'CHECKED_OUT', 'CANCELLED', 'FAILED', 'NO_SHOW']) s,
  unnest(ARRAY['payment.refunded', 'payment.disputed', 'payment.dispute-won', 'payment.dispute-lost']) t;

ALTER TABLE booking.bookings DROP CONSTRAINT bookings_payment_status_check;
ALTER TABLE booking.bookings ADD CONSTRAINT bookings_payment_status_check CHECK (payment_status IN
  ('none', 'declined', 'requires_action', 'card_saved', 'authorized', 'captured', 'voided', 'refunded', 'settled',
   'failed', 'disputed'));

ALTER TABLE booking.items
  -- Counts the changes of the item, its rates and its closed dates: the sequence of its facts.
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN min_nights integer CHECK (min_nights > 0),
  ADD COLUMN max_nights integer CHECK (max_nights > 0),
  ADD COLUMN lead_time_hours integer NOT NULL DEFAULT 0 CHECK (lead_time_hours >= 0),
  ADD COLUMN block_policy jsonb NOT NULL DEFAULT '{"pending": "free"}',
  ADD COLUMN payment_policy jsonb NOT NULL DEFAULT '{"kind": "at-check-in", "holdDaysBefore": 5}',
  ADD COLUMN commission_basis_points integer NOT NULL DEFAULT 0 CHECK (commission_basis_points BETWEEN 0 AND 10000),
  ADD COLUMN on_sale boolean NOT NULL DEFAULT true;

-- The event log of items: what happened to one without a booking. No state; its sequence is the item's version.
CREATE TABLE booking.item_events (
  fact_id text PRIMARY KEY,
  item_id text NOT NULL REFERENCES booking.items (id),
  version integer NOT NULL,
  type text NOT NULL,
  -- Who did it: an owner's or an administrator's id, or the name of a service.
  actor_id text NOT NULL,
  details jsonb NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (item_id, version)
);

ALTER TABLE booking.outbox
  ALTER COLUMN booking_id DROP NOT NULL,
  ADD COLUMN item_id text,
  ADD CONSTRAINT outbox_about_one_thing CHECK (num_nonnulls(booking_id, item_id) = 1);
CREATE INDEX outbox_refused_items ON booking.outbox (item_id) WHERE refused_at IS NOT NULL;

-- The lane of everything told under one key: the property, which for a hotel is the first half of the item's id.
CREATE FUNCTION booking.lane_of_item(p_system text, p_item_id text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
  SELECT abs(hashtext(CASE p_system WHEN 'hotel' THEN split_part(p_item_id, ':', 1) ELSE p_item_id END) % 16)
$$;

-- Counts the item's version up and writes the fact and its outbox row. The caller has changed what the fact tells
-- of, in the same transaction; the item's row stays locked until that commits, so versions have no gaps.
CREATE FUNCTION booking.record_item_fact(p_item_id text, p_type text, p_actor_id text, p_details jsonb)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_item booking.items;
  v_fact_id text;
BEGIN
  UPDATE booking.items SET version = version + 1 WHERE id = p_item_id RETURNING * INTO v_item;
  IF v_item.id IS NULL THEN
    RAISE EXCEPTION 'there is no item %', p_item_id;
  END IF;
  v_fact_id := booking.fact_id(p_item_id, v_item.version, p_type);
  INSERT INTO booking.item_events (fact_id, item_id, version, type, actor_id, details)
  VALUES (v_fact_id, p_item_id, v_item.version, p_type, p_actor_id, p_details);
  INSERT INTO booking.outbox (lane, fact_id, item_id)
  VALUES (booking.lane_of_item(v_item.system, p_item_id), v_fact_id, p_item_id);
  RETURN v_item.version;
END $$;

-- The provider's side of saved cards: a reference that may be charged later, and the token it stands for.
CREATE TABLE payment_simulator.cards (
  key text PRIMARY KEY,
  card_reference text NOT NULL UNIQUE,
  token text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
