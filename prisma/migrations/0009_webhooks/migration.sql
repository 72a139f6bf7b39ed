-- Where a provider's own names for things are kept, what it tells of its own accord, and a simulated provider that
-- asks its cardholders, lets holds expire and hears disputes.

-- Which object of the provider stands for which key of ours. Written before money can move under the object, and kept:
-- a provider forgets idempotency keys after a day or so, and an undo may ask what became of one much later.
CREATE TABLE booking.provider_references (
  key text PRIMARY KEY,
  booking_id text NOT NULL,
  reference text NOT NULL UNIQUE,
  -- When the cardholder was asked to confirm: from then on the provider has news to tell of it.
  asked_cardholder_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX provider_references_booking ON booking.provider_references (booking_id);

-- The provider's customer under whom a traveler's cards are saved. No personal data: two opaque ids.
CREATE TABLE booking.provider_customers (
  traveler_id text PRIMARY KEY,
  customer_id text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- The account at the provider that an owner is paid out to. An owner without one cannot be settled with.
CREATE TABLE booking.payout_accounts (
  owner_id text PRIMARY KEY,
  account_id text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- What providers told us, each event once by its own id. Events never change a booking; they are handed to its
-- workflow. `details` holds what is needed for that, and nothing personal.
CREATE TABLE booking.provider_events (
  id text PRIMARY KEY,
  provider text NOT NULL CHECK (provider IN ('stripe', 'simulator')),
  -- The provider's own word.
  type text NOT NULL,
  -- Ours; null for what concerns nobody here.
  kind text,
  object_id text NOT NULL,
  authorization_id text,
  booking_id text,
  details jsonb NOT NULL DEFAULT '{}',
  -- The order of receipt, in which events are handed on.
  receipt bigint GENERATED ALWAYS AS IDENTITY,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  -- When it was handed on; null while it still has to be.
  handed_at timestamptz(3),
  -- What came of that: the workflow took it, or there was none any more.
  handed_to text CHECK (handed_to IN ('workflow', 'nobody'))
);
CREATE INDEX provider_events_unhanded ON booking.provider_events (receipt) WHERE kind IS NOT NULL AND handed_at IS NULL;
CREATE INDEX provider_events_booking ON booking.provider_events (booking_id);

-- The simulated provider: a payment may wait for its cardholder, and a hold may run out.
ALTER TABLE payment_simulator.authorizations DROP CONSTRAINT authorizations_status_check;
ALTER TABLE payment_simulator.authorizations ADD CONSTRAINT authorizations_status_check CHECK (status IN
  ('calling', 'requires_action', 'declined', 'held', 'captured', 'voided', 'expired'));
ALTER TABLE payment_simulator.cards
  ADD COLUMN booking_id text NOT NULL DEFAULT '',
  ADD COLUMN status text NOT NULL DEFAULT 'saved' CHECK (status IN ('requires_action', 'declined', 'saved'));

CREATE TABLE payment_simulator.disputes (
  dispute_id text PRIMARY KEY,
  authorization_id text NOT NULL,
  amount integer NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'won', 'lost')),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
