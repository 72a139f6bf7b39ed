import type { Item } from '../../domain/item';

/** An item as the columns of its row, for the functions that write it: absent terms as null. Its version is theirs. */
export function itemColumns(item: Item): Readonly<Record<string, unknown>> {
  return {
    id: item.id,
    system: item.system,
    kind: item.kind,
    owner_id: item.ownerId,
    name: item.name,
    nightly_amount: item.nightlyPrice.amount,
    currency: item.nightlyPrice.currency,
    capacity: item.capacity,
    overbooking: item.overbooking,
    max_guests: item.maxGuests,
    time_zone: item.timeZone,
    check_in_time: item.checkInTime,
    check_out_time: item.checkOutTime,
    no_show_time: item.noShowTime ?? null,
    departure_date: item.departureDate ?? null,
    instant: item.instant,
    decision_window_seconds: item.decisionWindowSeconds,
    payment_deadline_seconds: item.paymentDeadlineSeconds,
    grace_seconds: item.graceSeconds,
    cancellation_policy: item.cancellation ?? null,
    payment_policy: item.paymentPolicy,
    block_policy: item.blockPolicy,
    min_nights: item.minNights ?? null,
    max_nights: item.maxNights ?? null,
    lead_time_hours: item.leadTimeHours,
    commission_basis_points: item.commissionBasisPoints,
    on_sale: item.onSale,
  };
}
