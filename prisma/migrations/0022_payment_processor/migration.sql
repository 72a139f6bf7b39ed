-- The payment ledger view and the settlement report, kept by payment-processor-group from payment.*, reservation.*,
-- rate.applied and availability.updated. All amounts are minor units of their currency. Definitions in words: docs/listeners.md.
CREATE SCHEMA payment_processor;

CREATE TABLE payment_processor.bookings (
  booking_id text PRIMARY KEY,
  property_id text NOT NULL,
  confirmation_number text,
  -- The last one told by sequence, on whichever topic.
  state text NOT NULL,
  -- What was agreed, as told with price_sequence. Null until a message has told it.
  price bigint,
  currency char(3),
  price_sequence integer NOT NULL DEFAULT 0,
  -- The highest sequence told, by topic.
  seen jsonb NOT NULL
);

-- One row for each move of money that was told: once per fact and kind, in however many messages. Only ever added to, so
-- that no order of messages makes a difference.
CREATE TABLE payment_processor.movements (
  fact_id text NOT NULL,
  kind text NOT NULL,
  booking_id text NOT NULL,
  -- Of the hold. Null for what is about none, and in what the first releases told of others than authorizations.
  authorization_id text,
  property_id text NOT NULL,
  item_id text NOT NULL,
  system text NOT NULL,
  -- Null where the first releases told it.
  owner_id text,
  amount bigint NOT NULL,
  commission bigint NOT NULL,
  currency char(3) NOT NULL,
  reference text,
  sequence integer NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (fact_id, kind)
);
CREATE INDEX movements_booking ON payment_processor.movements (booking_id);
CREATE INDEX movements_property ON payment_processor.movements (property_id, at);

-- What became of each hold. A capture whose answer was lost is told by its refund alone: what went back had been taken.
CREATE VIEW payment_processor.authorizations AS
  SELECT booking_id, authorization_id, currency, authorized, captured, least(voided, authorized - captured) AS voided,
         refunded, withdrawn, authorized - captured - least(voided, authorized - captured) AS held
  FROM (
    SELECT booking_id, authorization_id, currency, captured, voided, refunded, withdrawn,
           CASE WHEN authorized > 0 THEN greatest(authorized, captured) ELSE captured + voided END AS authorized
    FROM (
      SELECT booking_id, authorization_id, currency, authorized, greatest(captured, refunded) AS captured, voided,
             refunded, withdrawn
      FROM (
        SELECT booking_id, authorization_id, currency,
          COALESCE(max(amount) FILTER (WHERE kind = 'authorized'), 0)::bigint AS authorized,
          COALESCE(sum(amount) FILTER (WHERE kind = 'captured'), 0)::bigint AS captured,
          COALESCE(sum(amount) FILTER (WHERE kind = 'voided'), 0)::bigint AS voided,
          COALESCE(sum(CASE kind WHEN 'refunded' THEN amount WHEN 'refund-failed' THEN -amount END), 0)::bigint AS refunded,
          COALESCE(sum(CASE kind WHEN 'disputed' THEN amount WHEN 'dispute-won' THEN -amount END), 0)::bigint AS withdrawn
        FROM payment_processor.movements
        WHERE kind IN ('authorized', 'captured', 'voided', 'refunded', 'refund-failed', 'disputed', 'dispute-won')
        GROUP BY booking_id, authorization_id, currency
      ) told
    ) taken
  ) holds;

-- Where the money of each booking is. balance: still with us; below nothing, what the owner owes.
CREATE VIEW payment_processor.ledger AS
  SELECT m.booking_id, m.currency, b.property_id, b.confirmation_number, b.state, b.price,
         m.authorized, m.held, m.captured, m.voided, m.refunded, m.withdrawn, m.paid_out, m.commission,
         m.captured - m.refunded - m.withdrawn - m.paid_out - m.commission AS balance
  FROM (
    SELECT booking_id, currency, sum(authorized)::bigint AS authorized, sum(held)::bigint AS held,
           sum(captured)::bigint AS captured, sum(voided)::bigint AS voided, sum(refunded)::bigint AS refunded,
           sum(withdrawn)::bigint AS withdrawn, sum(paid_out)::bigint AS paid_out, sum(commission)::bigint AS commission
    FROM (
      SELECT booking_id, currency, authorized, held, captured, voided, refunded, withdrawn, 0 AS paid_out, 0 AS commission
      FROM payment_processor.authorizations
      UNION ALL
      SELECT booking_id, currency, 0, 0, 0, 0, 0, 0, amount, commission
      FROM payment_processor.movements WHERE kind = 'settled'
    ) parts GROUP BY booking_id, currency
  ) m JOIN payment_processor.bookings b USING (booking_id);

-- By the UTC day of the fact. All items of a property have one owner.
CREATE VIEW payment_processor.settlement_by_day AS
  SELECT max(owner_id) AS owner_id, property_id, currency, (at AT TIME ZONE 'UTC')::date AS day,
    COALESCE(sum(amount) FILTER (WHERE kind = 'captured'), 0)::bigint AS gross,
    COALESCE(sum(CASE kind WHEN 'refunded' THEN amount WHEN 'refund-failed' THEN -amount END), 0)::bigint AS refunds,
    COALESCE(sum(CASE kind WHEN 'disputed' THEN amount WHEN 'dispute-won' THEN -amount END), 0)::bigint AS withdrawn,
    COALESCE(sum(commission), 0)::bigint AS fees,
    COALESCE(sum(amount) FILTER (WHERE kind = 'settled'), 0)::bigint AS payouts,
    count(DISTINCT booking_id)::integer AS bookings
  FROM payment_processor.movements
  WHERE kind IN ('captured', 'refunded', 'refund-failed', 'disputed', 'dispute-won', 'settled')
  GROUP BY property_id, currency, (at AT TIME ZONE 'UTC')::date;

CREATE VIEW payment_processor.settlement_by_month AS
  SELECT max(owner_id) AS owner_id, property_id, currency, date_trunc('month', day)::date AS month,
         sum(gross)::bigint AS gross, sum(refunds)::bigint AS refunds, sum(withdrawn)::bigint AS withdrawn,
         sum(fees)::bigint AS fees, sum(payouts)::bigint AS payouts
  FROM payment_processor.settlement_by_day GROUP BY property_id, currency, date_trunc('month', day);
