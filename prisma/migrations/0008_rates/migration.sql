-- Rate plans, and the quotes given out for them.
CREATE TABLE booking.rate_plans (
  item_id text NOT NULL REFERENCES booking.items (id),
  code text NOT NULL,
  version integer NOT NULL,
  -- domain/rates/rate-plan.ts, PlanTerms: minor units, basis points.
  terms jsonb NOT NULL,
  -- A plan that is not active prices no new stay; bookings under it stay as they are.
  active boolean NOT NULL,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (item_id, code)
);

-- A price that was given out, or agreed with a request. The latter is kept as long as its booking.
CREATE TABLE booking.quotes (
  id text PRIMARY KEY,
  item_id text NOT NULL REFERENCES booking.items (id),
  plan text NOT NULL,
  plan_version integer NOT NULL,
  start_date date NOT NULL,
  end_date date NOT NULL,
  guests integer NOT NULL,
  quantity integer NOT NULL,
  amount integer NOT NULL CHECK (amount >= 0),
  currency char(3) NOT NULL,
  -- domain/rates/quote.ts, QuoteItems.
  items jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  -- The request it was agreed with: the id of the booking to be opened, or one of a change's own. The first price
  -- counts, so that a request that is sent again, however late, has the price it was made at.
  agreed_for text UNIQUE,
  -- Whose request that is.
  booking_id text,
  CHECK ((agreed_for IS NULL) = (booking_id IS NULL))
);
CREATE INDEX quotes_agreed ON booking.quotes (booking_id) WHERE booking_id IS NOT NULL;
-- A client that has shown a total, and names no quote, means one of these.
CREATE INDEX quotes_given_out ON booking.quotes (item_id, start_date, end_date, created_at) WHERE agreed_for IS NULL;

ALTER TABLE booking.bookings
  ADD COLUMN rate_plan text NOT NULL DEFAULT 'STANDARD',
  -- Null: every night costs the same.
  ADD COLUMN quote_id text REFERENCES booking.quotes (id);
-- What is purged must not be referred to.
CREATE INDEX bookings_quote ON booking.bookings (quote_id) WHERE quote_id IS NOT NULL;
CREATE INDEX quotes_expired ON booking.quotes (expires_at);
CREATE INDEX bookings_by_plan ON booking.bookings (item_id, rate_plan);

-- A booking's row has the quote that was agreed with the request behind it, whether that opened or changed the booking,
-- from the statement on that writes its price. Found by what was agreed, so that lines never contradict a price.
CREATE FUNCTION booking.take_agreed_quote() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  v_quote booking.quotes;
BEGIN
  SELECT * INTO v_quote FROM booking.quotes q
  WHERE q.booking_id = NEW.id AND q.item_id = NEW.item_id AND q.start_date = NEW.start_date
    AND q.end_date = NEW.end_date AND q.guests = NEW.guests AND q.quantity = NEW.quantity
    AND q.amount = NEW.price_amount AND q.currency = NEW.currency
  ORDER BY q.created_at DESC LIMIT 1;
  NEW.quote_id := v_quote.id;
  NEW.rate_plan := COALESCE(v_quote.plan, 'STANDARD');
  RETURN NEW;
END $$;
CREATE TRIGGER take_agreed_quote
  BEFORE INSERT OR UPDATE OF item_id, start_date, end_date, guests, quantity, price_amount ON booking.bookings
  FOR EACH ROW EXECUTE FUNCTION booking.take_agreed_quote();

-- Lays a plan down, or replaces the version that is known, 0 for none, and records the change as a fact of the item, in
-- one transaction. Answers the plan's version; null where it stands at another one by now, and nothing was done.
CREATE FUNCTION booking.put_rate_plan(
  p_item_id text, p_code text, p_known_version integer, p_terms jsonb, p_active boolean, p_actor_id text, p_details jsonb
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_version integer := p_known_version + 1;
BEGIN
  IF p_known_version = 0 THEN
    INSERT INTO booking.rate_plans (item_id, code, version, terms, active)
    VALUES (p_item_id, p_code, v_version, p_terms, p_active)
    ON CONFLICT (item_id, code) DO NOTHING;
  ELSE
    UPDATE booking.rate_plans SET version = v_version, terms = p_terms, active = p_active, updated_at = now()
    WHERE item_id = p_item_id AND code = p_code AND version = p_known_version;
  END IF;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM booking.record_item_fact(p_item_id, 'rate.updated', p_actor_id,
    p_details || jsonb_build_object('planVersion', v_version));
  RETURN v_version;
END $$;
