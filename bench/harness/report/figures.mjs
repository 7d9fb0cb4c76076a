// What is read from a result.
import { compared, ours } from '../subjects/subjects.mjs';

export const deliveriesPerSecond = ({ perSecond }) => perSecond;

export const warmPerSecond = (result) => result.warmPerSecond;

/**
 * Deliveries per CPU second of everything that belongs to the system: the processes that send, the store, and those that enqueue. What
 * publishes to Webhooks over HTTP is not part of it, as little as the receiver.
 */
export function perCpuSecond(result) {
  return countOf(result) / (partsOfSystem(result).reduce((sum, seconds) => sum + seconds, 0));
}

/** Deliveries per CPU second of the system and of whatever publishes. */
export function perCpuSecondWithPublisher(result) {
  const { senders = 0, producer = 0, store = 0 } = result.cpu;
  return countOf(result) / (senders + producer + store);
}

/** Microseconds of processor time that a part took for each delivery. */
export function microseconds(part) {
  return (result) => (1e6 * result.cpu[part]) / countOf(result);
}

/** Microseconds of processor time of the whole system for each delivery. */
export function microsecondsOfSystem(result) {
  return 1e6 / perCpuSecond(result);
}

export function statementsPerDelivery({ statements, deliveries }) {
  return statements.calls / deliveries;
}

export function writingTransactionsPerDelivery({ statements, deliveries }) {
  return statements.writingTransactions / deliveries;
}

function partsOfSystem({ subject, cpu: { senders = 0, producer = 0, store = 0 } }) {
  return [ours, compared].includes(subject) ? [senders, store] : [senders, producer, store];
}

function countOf({ deliveries, events, arrived }) {
  return deliveries ?? events ?? arrived;
}
