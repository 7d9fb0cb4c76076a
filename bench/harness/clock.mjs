/** CLOCK_MONOTONIC in nanoseconds, which all processes of a machine share. */
export function now() {
  return Number(process.hrtime.bigint());
}

/** Seconds between two times of that clock. */
export function secondsBetween(from, to) {
  return (to - from) / 1e9;
}
