export { bookingSaga } from './booking-saga';
export { paymentCase } from './payment-case';
