-- The days of what a user has booked, as the topic tells them. Null where the last message that told them is of a first
-- release, which named none.
ALTER TABLE user_service.booking_history
  ADD COLUMN start_date date,
  ADD COLUMN end_date date;
