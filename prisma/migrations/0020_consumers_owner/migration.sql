-- The owner's inbox of requests, kept by owner-group from booking-requests.
CREATE SCHEMA owner_service;

CREATE TABLE owner_service.requests (
  booking_id text PRIMARY KEY,
  owner_id text NOT NULL,
  traveler_id text NOT NULL,
  property_id text NOT NULL,
  property_name text NOT NULL,
  check_in date NOT NULL,
  check_out date NOT NULL,
  guests integer NOT NULL,
  total_price numeric NOT NULL,
  requested_at timestamptz(3) NOT NULL
);
CREATE INDEX requests_owner ON owner_service.requests (owner_id, requested_at DESC);
