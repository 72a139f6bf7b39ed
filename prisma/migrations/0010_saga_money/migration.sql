-- A deposit and the rest of the price are two authorizations, and the second may be declined.
INSERT INTO booking.booking_transitions (from_state, type, state) VALUES
  ('PAYMENT_AUTHORIZED', 'payment.authorized', 'PAYMENT_AUTHORIZED'),
  ('PAYMENT_AUTHORIZED', 'payment.declined', 'PAYMENT_AUTHORIZED');

-- Where the traveler confirms a payment with their bank. It follows from the facts, in the transaction of the step,
-- and only the rare step that asks for a confirmation, or has got one, writes it.
ALTER TABLE booking.bookings ADD COLUMN payment_action_url text;

CREATE FUNCTION booking.ask_for_confirmation() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE booking.bookings SET payment_action_url = NEW.details->>'actionUrl' WHERE id = NEW.booking_id;
  RETURN NULL;
END $$;
CREATE TRIGGER ask_for_confirmation AFTER INSERT ON booking.booking_events
  FOR EACH ROW WHEN (NEW.type = 'payment.declined' AND NEW.details ? 'actionUrl')
  EXECUTE FUNCTION booking.ask_for_confirmation();

CREATE FUNCTION booking.forget_confirmation() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.payment_action_url := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER forget_confirmation BEFORE UPDATE OF payment_status, state ON booking.bookings
  FOR EACH ROW WHEN (OLD.payment_action_url IS NOT NULL AND (NEW.payment_status <> 'requires_action'
    OR NEW.state NOT IN ('ACCEPTED', 'PAYMENT_AUTHORIZED', 'CONFIRMED')))
  EXECUTE FUNCTION booking.forget_confirmation();
