export { bookingSaga } from './booking-saga';
