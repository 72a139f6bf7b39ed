-- The simulated payment provider's own books. Nothing of the product joins these tables: it is a stand-in for a
-- company on the other side of a network.
CREATE SCHEMA IF NOT EXISTS payment_simulator;

CREATE TABLE payment_simulator.authorizations (
  key text PRIMARY KEY,
  authorization_id text NOT NULL UNIQUE,
  booking_id text NOT NULL,
  token text NOT NULL,
  amount integer NOT NULL,
  currency char(3) NOT NULL,
  -- `calling`: the request is known, nothing was decided yet.
  status text NOT NULL CHECK (status IN ('calling', 'declined', 'held', 'captured', 'voided')),
  decline_code text,
  captured integer NOT NULL DEFAULT 0,
  calls integer NOT NULL DEFAULT 0,
  undo_calls integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX authorizations_booking ON payment_simulator.authorizations (booking_id);

CREATE TABLE payment_simulator.payouts (
  key text PRIMARY KEY,
  booking_id text NOT NULL,
  owner_id text NOT NULL,
  amount integer NOT NULL,
  currency char(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
