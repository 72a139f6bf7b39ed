import { formatMoney } from '../../domain/money';
import type { Payment } from './simulator-desk';

/** Where a cardholder of the simulator's confirms, as they would at their bank. Without scripts, for the content policy. */
export function confirmPage({ bookingId, status, amount }: Payment): string {
  const what = amount === undefined ? 'that your card is saved' : `the payment of ${formatMoney(amount)}`;
  const answer = (outcome: string, label: string) =>
    `<form method="post" action="?outcome=${outcome}"><button>${label}</button></form>`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="UTF-8"><title>Simulated bank</title></head>
<body>
<h1>Simulated bank</h1>
<p>Do you confirm ${what} for booking ${bookingId}?</p>
${status === 'requires_action' ? answer('confirmed', 'Confirm') + answer('refused', 'Refuse') : `<p>It is ${status}.</p>`}
</body>
</html>
`;
}
