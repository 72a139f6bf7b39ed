-- The billing history, kept by billing-service-group from the topic bookings.
CREATE SCHEMA billing_service;

CREATE TABLE billing_service.bills (
  booking_id text PRIMARY KEY,
  user_id text NOT NULL,
  type text NOT NULL,
  item_id text NOT NULL,
  amount numeric NOT NULL,
  -- Null where it was told by a version that did not name it.
  currency char(3),
  -- The last segment of the last event's type.
  status text NOT NULL,
  reason text,
  -- Null until confirmed, and where nothing was invoiced with that.
  invoice_number text,
  billed_at timestamptz(3) NOT NULL,
  confirmed_at timestamptz(3),
  ended_at timestamptz(3),
  updated_at timestamptz(3) NOT NULL,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);
CREATE INDEX bills_user ON billing_service.bills (user_id, billed_at DESC);
