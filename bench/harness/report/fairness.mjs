// How much longer healthy deliveries take when some receivers hang, or refuse.

/**
 * The slowdown of healthy deliveries in each round, in multiples of the undisturbed time. A peer's undisturbed time follows from the
 * rate at which it drained in the same round.
 */
export function slowdowns(results, subject, scenario = 'fairness') {
  return results.of(subject, scenario).flatMap((result) => {
    const undisturbed = undisturbedSeconds(results, result);
    return undisturbed ? [result.seconds / undisturbed] : [];
  });
}

/** The time that the healthy deliveries would take if all were healthy; undefined when the round has no measurement of it. */
export function undisturbedSeconds(results, { subject, round, healthy, undisturbedSeconds: measured }) {
  const drained = results.of(subject, 'drain').find((result) => result.round === round);
  return measured ?? (drained && healthy / drained.perSecond);
}
